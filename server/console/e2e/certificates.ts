import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { cases, type Case, type Typed } from './vendors';
import type { World } from './world';

async function open(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Upload a certificate' }).click();
  return page.getByRole('dialog', { name: 'Upload a certificate' });
}

async function fill(dialog: Locator, typed: Record<string, Typed>): Promise<void> {
  for (const [label, value] of Object.entries(typed)) {
    const input = dialog.getByLabel(label);
    if (typeof value !== 'string') {
      await input.setInputFiles(value.file);
    } else if (label === 'Environments') {
      await input.selectOption(value);
    } else {
      await input.fill(value);
    }
  }
}

/** Uploads for the second set of certificates, which no other test pushes with. */
async function upload(page: Page, { vendor, good }: Case): Promise<void> {
  const dialog = await open(page);
  await dialog.getByLabel('Vendor', { exact: true }).selectOption(vendor);
  await dialog.getByLabel('Certificate set').selectOption('2');
  await dialog.getByText('Further settings').click();
  await fill(dialog, good);
  await dialog.getByRole('button', { name: 'Check and use' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** How the list calls what is in it. */
const names = (page: Page): Promise<string[]> =>
  page.locator('tbody button').evaluateAll((buttons) => buttons.map((button) => button.ariaLabel ?? ''));

export function certificates(world: () => World) {
  describe('certificates', () => {
    // covers: A-05, D-01
    test('without one there is a word about it, and an upload is in use at once', async () => {
      const { apns, fcm, bundle_id } = world().bed.about;
      const page = await world().enter('Certificates');
      await page.getByText('No certificates').waitFor();

      const dialog = page.getByRole('dialog', { name: 'Upload a certificate' });
      await page.getByRole('button', { name: 'Upload a certificate' }).click();
      await dialog.getByLabel('Bundle ID').fill(bundle_id);
      await dialog.getByLabel('Key file').setInputFiles(apns.key_file);
      await dialog.getByLabel('Key ID').fill(apns.key_id);
      await dialog.getByLabel('Team ID').fill(apns.team_id);
      await dialog.getByText('Further settings').click();
      await dialog.getByLabel('Address of the vendor').fill(apns.url);
      await dialog.getByLabel('Address of the sandbox').fill(apns.url);
      await dialog.getByLabel('Further trusted roots').setInputFiles(apns.root_certificates);
      await dialog.getByRole('button', { name: 'Check and use' }).click();
      await page.getByText('is in use from the next push on').waitFor();

      await page.getByRole('button', { name: 'Upload a certificate' }).click();
      await dialog.getByLabel('Vendor', { exact: true }).selectOption('FCM, Android');
      await dialog.getByLabel('Certificate set').selectOption('2');
      await dialog.getByLabel('Service account').setInputFiles(fcm.service_account_file);
      await dialog.getByText('Further settings').click();
      await dialog.getByLabel('Address of the vendor').fill(fcm.url);
      await dialog.getByLabel('Further trusted roots').setInputFiles(fcm.root_certificates);
      await dialog.getByRole('button', { name: 'Check and use' }).click();
      await page.getByRole('row').filter({ hasText: 'service account' }).waitFor();
      const rows = await page.locator('tbody tr').allInnerTexts();
      expect(rows.map((row) => row.split(/\s+/).slice(0, 2))).toEqual([
        ['apns', '1'],
        ['fcm', '2'],
      ]);
      await page.context().close();
    });

    test('one is deleted only after a question', async () => {
      const page = await world().enter('Certificates');
      const row = page.getByRole('row').filter({ hasText: 'service account' });
      await row.getByRole('button').click();
      const dialog = page.getByRole('dialog', { name: 'Delete this certificate?' });
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await row.getByRole('button').click();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await page.getByText('was deleted').waitFor();
      await row.waitFor({ state: 'hidden' });
      await page.context().close();
    });

    // covers: A-05, D-01
    test('each vendor has a form that blames the field at fault, and takes what is right', async () => {
      const page = await world().enter('Certificates');
      await page.locator('tbody tr').first().waitFor();
      const before = await names(page);
      for (const { vendor, good, bad, at, says, told } of cases(world().bed.about)) {
        const dialog = await open(page);
        await dialog.getByLabel('Vendor', { exact: true }).selectOption(vendor);
        await dialog.getByLabel('Certificate set').selectOption('2');
        const isFurther = !(await dialog.getByLabel(at).isVisible());
        if (isFurther) {
          await dialog.getByText('Further settings').click();
        }
        await fill(dialog, { ...good, ...bad });
        if (isFurther) {
          await dialog.getByText('Further settings').click();
        }
        await dialog.getByRole('button', { name: 'Check and use' }).click();
        const wrong = dialog.locator('.field.wrong');
        await wrong.getByRole('alert').getByText(says).waitFor();
        expect(await wrong.locator('label').allInnerTexts(), vendor).toEqual([at]);
        expect(await dialog.getByRole('alert').count(), 'said once').toBe(1);

        await fill(dialog, good);
        await dialog.getByRole('button', { name: 'Check and use' }).click();
        await dialog.waitFor({ state: 'hidden' });
        await page.getByText('is in use from the next push on').waitFor();
        await page.getByRole('row').filter({ hasText: told }).first().waitFor();
      }
      // That of browsers took the place of nothing: it is for any package.
      await expect.poll(async () => (await names(page)).length).toBe(before.length + 10);
      await world().picture(page, 'certificates');
      await page.context().close();
    });

    test('a key takes the place of the certificate that served the same', async () => {
      const page = await world().enter('Certificates');
      const [key, certificate] = cases(world().bed.about);
      await page.getByRole('row').filter({ hasText: certificate!.told }).waitFor();
      const before = await names(page);
      await upload(page, { ...key!, good: { ...key!.good, Environments: 'sandbox' } });
      await page.getByRole('row').filter({ hasText: certificate!.told }).waitFor({ state: 'hidden' });
      expect((await names(page)).sort()).toEqual(before.sort());
      await page.context().close();
    });

    test('those of the second set are deleted one by one', async () => {
      const page = await world().enter('Certificates');
      const second = page.getByRole('button', { name: /^Delete: .* set 2/ });
      await second.first().waitFor();
      for (let left = await second.count(); left > 0; left -= 1) {
        await second.first().click();
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await expect.poll(() => second.count()).toBe(left - 1);
      }
      expect((await names(page)).every((name) => name.includes('set 1'))).toBe(true);
      await page.context().close();
    });

    test('without the key they were stored with they are shown as not used', async () => {
      const page = await world().visit();
      await page.route('**/admin/v1/certificates*', (route) =>
        route.fulfill({
          json: {
            certificates: [
              { id: '1', source: 'uploaded', app_type: 0, bundle_id: '', name: 'xiaomi app 1 set 1', kind: 'secret', error: 'cannot be decrypted' },
            ],
          },
        }),
      );
      await world().signIn(page, 'Certificates');
      await page.getByRole('row').filter({ hasText: 'not used xiaomi app 1 set 1: cannot be decrypted' }).waitFor();
      await page.context().close();
    });
  });
}
