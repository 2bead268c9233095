import type { z } from 'zod';
import type { BehaviourChange } from '../behaviour/behaviour.schema';
import type { CarriedPart, MediaPart } from '../model/message';

export interface PhoneRow {
  readonly message_id: string;
  readonly chat_id: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly idempotency_key: string | null;
  readonly at: string;
  readonly parts: readonly CarriedPart[];
}

/** The control API as a script would call it. */
export class Sim {
  constructor(private readonly url: string) {}

  post(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.url}/sim${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async behave(change: z.input<typeof BehaviourChange>): Promise<void> {
    await this.tell('/behaviour', change);
  }

  async inbound(body: object): Promise<{ message_id: string; chat_id: string; at: string }> {
    return this.tell('/inbound', body);
  }

  /** Posts to the control API and answers what it says; throws where it refuses. */
  async tell<Answer = object>(path: string, body: object): Promise<Answer> {
    const response = await this.post(path, body);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Answer;
  }

  /** The rows that the control API answers. */
  async see<Row = object>(path: string): Promise<Row[]> {
    const response = await fetch(`${this.url}/sim${path}`);
    if (!response.ok) throw new Error(await response.text());
    return ((await response.json()) as { data: Row[] }).data;
  }

  /** A phone uploads a file, to send it. */
  async upload(filename: string, bytes: Uint8Array): Promise<MediaPart> {
    const response = await fetch(`${this.url}/sim/attachments?${new URLSearchParams({ filename })}`, {
      method: 'POST',
      body: new Uint8Array(bytes),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as MediaPart;
  }

  /** What the phone of this number got, or what the line sent. */
  phone(query: { to?: string; from?: string }): Promise<PhoneRow[]> {
    return this.see(`/messages?${new URLSearchParams(query)}`);
  }
}
