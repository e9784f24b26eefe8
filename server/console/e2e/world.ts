/** One browser and one server for all tests; each test has a page of its own, as a new visitor. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Bed } from './bed';

/** Nothing takes so long unless it is broken. */
const PATIENCE_MS = 10_000;
const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

export interface Visit {
  language?: string;
  size?: { width: number; height: number };
  dark?: boolean;
}

export class World {
  /** What pages complained about: faults of scripts and of the policy. */
  readonly complaints: string[] = [];

  private constructor(
    readonly bed: Bed,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<World> {
    const [bed, browser] = await Promise.all([
      Bed.start(),
      chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      }),
    ]);
    return new World(bed, browser);
  }

  get url(): string {
    return `${this.bed.about.http_url}/console/`;
  }

  /** A page nobody is signed in on. */
  async visit({ language = 'en-US', size = { width: 1280, height: 900 }, dark }: Visit = {}): Promise<Page> {
    const context = await this.browser.newContext({
      locale: language,
      timezoneId: 'UTC',
      viewport: size,
      colorScheme: dark ? 'dark' : 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${error}`));
    page.on('console', (message) => {
      const isOurs = page.url().startsWith(this.url) && !message.text().includes('Failed to load resource');
      if (message.type() === 'error' && isOurs) {
        this.complaints.push(message.text());
      }
    });
    await page.goto(this.url);
    return page;
  }

  /** A page where the administrator is signed in, on one of the pages. */
  async enter(link: string, visit: Visit = {}): Promise<Page> {
    const page = await this.visit(visit);
    await this.signIn(page, link);
    return page;
  }

  async signIn(page: Page, link: string): Promise<void> {
    await page.locator('#token').fill(this.bed.about.admin_token);
    await page.locator('button[type=submit]').click();
    await page.locator('nav').waitFor({ state: 'attached' });
    const menu = page.locator('button.menu');
    if (await menu.isVisible()) {
      await menu.click();
    }
    await page.locator('nav').getByRole('link', { name: link, exact: true }).click();
  }

  /** A picture for the documentation, if this run is to make them. */
  async picture(page: Page, name: string): Promise<void> {
    if (process.env.ZIM_SCREENSHOTS) {
      mkdirSync(IMAGES, { recursive: true });
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: `${IMAGES}console-${name}.png`, animations: 'disabled' });
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.bed.stop();
  }
}
