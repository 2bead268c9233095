import { randomUUID } from 'node:crypto';
import { type MessageEntry, type PhoneNumber, routingCalls } from '@claw/contracts';
import { ServiceClient } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { Webhook } from 'standardwebhooks';
import { carrierSecret } from './carrier-simulator.fixture';
import { type RoutingWorld, system, value } from './routing-world.fixture';
import { randomNumber, type TestAgency, type TestSubaccount } from './tenants.fixture';

/** A subaccount and a number that is routed to it. */
export interface Routed {
  readonly subaccount: TestSubaccount;
  readonly phone: PhoneNumber;
}

export interface CarrierEvent<Data extends object = object> {
  readonly event_type: string;
  readonly created_at: string;
  readonly data: Data;
}

/** What tests of the way in say of customers, and what the carrier says of them. */
export class Inbound {
  constructor(private readonly world: RoutingWorld) {}

  async routed(agency?: TestAgency): Promise<Routed> {
    const subaccount = await this.world.tenants.subaccount(agency);
    const phone = randomNumber();
    await this.world.claim(subaccount, [phone]);
    return { subaccount, phone };
  }

  async release({ agencyId, subaccountId }: TestSubaccount, phoneNumber: PhoneNumber): Promise<void> {
    const request = { agencyId, subaccountId, phoneNumber };
    value(await new ServiceClient(this.world.link).call(routingCalls.releaseRoute, request, system));
  }

  /** The messages that a subaccount's agent got, in order. */
  async messagesOf(subaccount: TestSubaccount): Promise<readonly MessageEntry[]> {
    return (await this.world.feed(subaccount)).flatMap((entry) => (entry.type === 'message' ? [entry] : []));
  }

  async textsOf(subaccount: TestSubaccount): Promise<readonly string[]> {
    return (await this.messagesOf(subaccount)).map(({ text }) => text);
  }

  /** Once this one is in the feed, whatever the simulator sent in its chat before has been decided. */
  async settle({ subaccount, phone }: Routed): Promise<void> {
    const text = randomUUID();
    await this.world.carrier.inbound({ from: phone, to: subaccount.sendingNumber, text });
    await this.arrival(subaccount, text);
  }

  /** The same for what was told by {@link received}. */
  async settleTold({ subaccount, phone }: Routed): Promise<void> {
    const text = randomUUID();
    await this.tell(received(phone, subaccount.sendingNumber, text));
    await this.arrival(subaccount, text);
  }

  private async arrival(subaccount: TestSubaccount, text: string): Promise<void> {
    await eventually(async () => expect(await this.textsOf(subaccount)).toContain(text), {
      withinMs: 10_000,
    });
  }

  post(body: string | Buffer, headers: Record<string, string>): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.world.port}/webhooks/carrier`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  /** Posts an event as the carrier does. */
  async tell(event: CarrierEvent): Promise<void> {
    const body = JSON.stringify(event);
    expect((await this.post(body, signed(body))).status).toBe(200);
  }
}

export const signed = (body: string, id: string = randomUUID(), at = new Date()): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': new Webhook(carrierSecret).sign(id, at, body),
});

export const eventOf = <Data extends object>(event_type: string, data: Data): CarrierEvent<Data> => ({
  event_type,
  created_at: new Date().toISOString(),
  data,
});

/** The carrier's chat of a customer and a line. */
export const carrierChatOf = (from: string, to: string): string => `chat of ${from} and ${to}`;

/** `message.received`, of a text unless `change` says otherwise. */
export const received = (from: string, to: string, text: string, change: object = {}) =>
  eventOf('message.received', {
    id: randomUUID() as string,
    chat: { id: carrierChatOf(from, to), is_group: false, owner_handle: { handle: to } },
    direction: 'inbound',
    sender_handle: { handle: from },
    service: 'iMessage',
    parts: [{ type: 'text', value: text }],
    sent_at: new Date().toISOString(),
    ...change,
  });
