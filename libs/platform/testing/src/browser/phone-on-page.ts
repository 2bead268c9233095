import type { Locator, Page } from 'playwright-core';

/** What is shown of a message's way. */
type Tick = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

const pretty = (number: string): string => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3');

/** One phone on the page with the virtual phones, as a person handles it. Everything waits until it can be done. */
export class PhoneOnPage {
  readonly element: Locator;

  private constructor(
    readonly page: Page,
    readonly number: string,
  ) {
    this.element = page.locator(`[data-phone="${number}"]`);
  }

  /** Opens the page with these phones on the table, in their order. */
  static async open(page: Page, carrier: string, ...numbers: readonly string[]): Promise<PhoneOnPage[]> {
    await page.goto(`${carrier}/#${numbers.join(',')}`);
    await page.locator('.live[data-state=live]').waitFor();
    return numbers.map((number) => new PhoneOnPage(page, number));
  }

  /** Types a number and picks its phone up. */
  static async pickUp(page: Page, number: string): Promise<PhoneOnPage> {
    await page.getByLabel('Phone number', { exact: true }).fill(pretty(number));
    await page.getByRole('button', { name: 'Pick up', exact: true }).click();
    const phone = new PhoneOnPage(page, number);
    await phone.element.waitFor();
    return phone;
  }

  get box(): Locator {
    return this.element.getByLabel('Text message');
  }

  get log(): Locator {
    return this.element.getByRole('log');
  }

  message(text: string): Locator {
    return this.element.locator('.message').filter({ has: this.page.getByText(text, { exact: true }) });
  }

  /** Opens the thread that was used last, or the one of this name. */
  async openThread(name?: string): Promise<void> {
    const threads = this.element.locator('.thread');
    await (name === undefined ? threads : threads.filter({ hasText: name })).first().click();
    await this.log.waitFor();
  }

  /** Goes back to the list of threads. */
  async leaveThread(): Promise<void> {
    await this.element.getByRole('button', { name: 'All threads' }).click();
  }

  /** Writes to a line for the first time, alone or with others. */
  async startThread(line: string, text: string, others: readonly string[] = []): Promise<void> {
    await this.element.getByRole('button', { name: 'New message' }).click();
    await this.element.getByLabel('To a line').fill(line);
    await this.element.getByLabel('Others in the group').fill(others.join(', '));
    await this.element.getByLabel('Text', { exact: true }).fill(text);
    await this.element.getByRole('button', { name: 'Send', exact: true }).click();
    await this.message(text).waitFor();
  }

  async send(text: string): Promise<void> {
    await this.box.fill(text);
    await this.box.press('Enter');
    await this.message(text).waitFor();
  }

  async addFile(file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.element.locator('input[type=file]').setInputFiles(file);
    await this.element.locator('.beside').getByText(file.name).waitFor();
  }

  async react(text: string, reaction: string): Promise<void> {
    await this.message(text).locator('.text').click();
    await this.element.getByRole('button', { name: reaction, exact: true }).click();
  }

  async seesReaction(text: string, reaction: string, by: string): Promise<void> {
    const who = by === this.number ? 'you' : pretty(by);
    await this.message(text).getByLabel(`${reaction} by ${who}`).waitFor();
  }

  async sees(text: string, tick?: Tick): Promise<void> {
    const message = this.message(text);
    await (tick === undefined ? message : message.locator(`.tick[data-state="${tick}"]`)).waitFor();
  }

  async seesDots(of: string): Promise<void> {
    await this.element.getByLabel(`${pretty(of)} is typing`).waitFor();
  }

  async seesNoDots(): Promise<void> {
    await this.element.locator('.dots').waitFor({ state: 'detached' });
  }

  /** Switches whether what comes is read without being told to. */
  async readByItself(wanted: boolean): Promise<void> {
    const saved = this.page.waitForResponse('**/sim/behaviour');
    await this.element.getByRole('switch', { name: 'Reads by itself' }).setChecked(wanted);
    await saved;
  }

  async markRead(): Promise<void> {
    await this.element.getByRole('button', { name: 'Mark as read' }).click();
  }
}
