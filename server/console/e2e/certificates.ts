import { describe, expect, test } from 'vitest';
import type { World } from './world';

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
      await world().picture(page, 'certificates');
      await page.context().close();
    });

    test('a file that is none is refused with its name and fault', async () => {
      const page = await world().enter('Certificates');
      await page.getByRole('button', { name: 'Upload a certificate' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Vendor', { exact: true }).selectOption('FCM, Android');
      const broken = { name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from('{"type":"nothing"}') };
      await dialog.getByLabel('Service account').setInputFiles(broken);
      await dialog.getByRole('button', { name: 'Check and use' }).click();
      await dialog.getByRole('alert').getByText('broken.json').waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
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
  });
}
