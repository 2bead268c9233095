import type { ChatBody, MessageBody } from '@claw/contracts';
import { eventually } from '@claw/testing';
import type { RunFile } from './support/claw';
import { Phones } from './support/phones';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount, type TestSubaccount } from './support/tenants';

interface Page<Item> {
  readonly data: readonly Item[];
  readonly next_cursor: string | null;
}

describe('the ledger over HTTP', () => {
  let run: RunFile;
  beforeAll(async () => {
    run = await sharedPlatform().run();
  });

  const newTenant = async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    return { agency, subaccount };
  };

  const sent = (subaccount: TestSubaccount, to: string, text: string) =>
    subaccount.rest.ok<{ messageId: string; chatId: string }>('POST', '/api/messages', {
      id: `id of ${text}`,
      to,
      parts: [{ type: 'text', value: text }],
    });

  const messages = (subaccount: TestSubaccount, query = '') =>
    subaccount.rest.ok<Page<MessageBody>>('GET', `/api/messages${query}`);

  const texts = (page: Page<MessageBody>) => page.data.map(({ text }) => text);

  it('lists what went out and what came in, newest first, with how far each has come', async () => {
    const { agency, subaccount } = await newTenant();
    const phone = await newRoute(subaccount);
    const { messageId, chatId } = await sent(subaccount, phone, 'Question');
    await eventually(async () => {
      expect(await subaccount.rest.ok('GET', `/api/messages/${messageId}`)).toMatchObject({
        messageId,
        chatId,
        id: 'id of Question',
        direction: 'out',
        from: agency.sendingNumber,
        to: [phone],
        status: expect.stringMatching(/^(delivered|read)$/) as unknown,
        deliveredAt: expect.any(String) as unknown,
      });
    });
    await new Phones(run.carrier).text(phone, agency.sendingNumber, 'Answer');
    await eventually(async () => expect(texts(await messages(subaccount))).toEqual(['Answer', 'Question']));
    expect((await messages(subaccount)).data[0]).toMatchObject({
      direction: 'in',
      from: phone,
      to: [agency.sendingNumber],
      status: 'received',
      id: null,
    });
  });

  it('is read page by page, each message once', async () => {
    const { subaccount } = await newTenant();
    const phone = await newRoute(subaccount);
    const all = ['1', '2', '3', '4', '5'];
    for (const text of all) await sent(subaccount, phone, text);
    await eventually(async () => expect((await messages(subaccount)).data).toHaveLength(all.length));
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Page<MessageBody> = await messages(subaccount, `?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...texts(page));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all.toReversed());
  });

  it('is narrowed to one chat, and to what is not older than a time', async () => {
    const { subaccount } = await newTenant();
    const [one, other] = [await newRoute(subaccount), await newRoute(subaccount)];
    const { chatId } = await sent(subaccount, one, 'To one');
    const { messageId } = await sent(subaccount, other, 'To another');
    await eventually(async () => expect((await messages(subaccount)).data).toHaveLength(2));
    expect(texts(await messages(subaccount, `?chat=${chatId}`))).toEqual(['To one']);
    const { timestamp } = await subaccount.rest.ok<MessageBody>('GET', `/api/messages/${messageId}`);
    expect(texts(await messages(subaccount, `?since=${timestamp}`))).toEqual(['To another']);
  });

  it('lists chats, the one with the newest message first', async () => {
    const { agency, subaccount } = await newTenant();
    const [one, other] = [await newRoute(subaccount), await newRoute(subaccount)];
    await sent(subaccount, one, 'First');
    await sent(subaccount, other, 'Second');
    const chats = async () => (await subaccount.rest.ok<Page<ChatBody>>('GET', '/api/chats')).data;
    await eventually(async () =>
      expect(await chats()).toMatchObject([
        { participants: [other], isGroup: false, lastMessage: { text: 'Second' } },
        { participants: [one], lastMessage: { text: 'First' } },
      ]),
    );
    await new Phones(run.carrier).text(one, agency.sendingNumber, 'Third');
    await eventually(async () => expect((await chats())[0]).toMatchObject({ participants: [one] }));
  });

  it('shows no other subaccount’s messages, and a suspended one its own', async () => {
    const { agency, subaccount } = await newTenant();
    const neighbour = await newSubaccount(run, agency);
    const { messageId } = await sent(subaccount, await newRoute(subaccount), 'Mine');
    await eventually(async () => expect(texts(await messages(subaccount))).toEqual(['Mine']));
    expect(await neighbour.rest.refusal('GET', `/api/messages/${messageId}`)).toBe('404 not_found');
    expect((await messages(neighbour)).data).toEqual([]);
    await agency.rest.ok('POST', `/api/agency/subaccounts/${subaccount.id}/suspend`);
    expect(texts(await messages(subaccount))).toEqual(['Mine']);
  });

  it.each([
    ['a chat that is no id', 'chat=mine'],
    ['a time without its offset', 'since=2026-11-01T00:00:00'],
    ['a cursor of its own making', 'cursor=xyz'],
  ])('refuses %s', async (_, query) => {
    const { subaccount } = await newTenant();
    expect(await subaccount.rest.refusal('GET', `/api/messages?${query}`)).toBe('422 invalid_request');
  });
});
