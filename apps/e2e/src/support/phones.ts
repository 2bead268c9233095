import { randomInt } from 'node:crypto';

/** A number that no other test uses: `+1 212 …`, ten digits in all after the `+1`. */
export const randomPhone = (): string => `+1212${randomInt(2_000_000, 9_999_999)}`;

export interface PhoneMessage {
  readonly message_id: string;
  readonly chat_id: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly idempotency_key: string | null;
  readonly at: string;
}

/** The simulated carrier's phones. */
export class Phones {
  constructor(private readonly carrier: string) {}

  /** What a phone got, in order. */
  async inbox(number: string): Promise<PhoneMessage[]> {
    const response = await fetch(`${this.carrier}/sim/messages?to=${encodeURIComponent(number)}`);
    return ((await response.json()) as { data: PhoneMessage[] }).data;
  }

  /** A customer texts. */
  async text(from: string, to: string, text: string, more: Record<string, unknown> = {}): Promise<void> {
    await this.control('/sim/inbound', { from, to, text, ...more });
  }

  async behave(behaviour: Record<string, unknown>): Promise<void> {
    await this.control('/sim/behaviour', behaviour);
  }

  private async control(path: string, body: unknown): Promise<void> {
    const response = await fetch(this.carrier + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}
