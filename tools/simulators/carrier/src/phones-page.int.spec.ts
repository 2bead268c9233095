import { randomInt } from 'node:crypto';
import { PhoneOnPage, describeInBrowser, eventually } from '@claw/testing';
import { someLine, text } from './testing/carrier-fixture';
import { type PhonesPage, startPhonesPage } from './testing/phones-page.fixture';

/** A red dot: the smallest picture that a browser shows. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const RED_DOT = { name: 'red dot.png', mimeType: 'image/png', buffer: DOT };

describeInBrowser('the page with virtual phones', () => {
  let phones: PhonesPage;
  let line: string;
  let customer: string;
  beforeAll(async () => {
    phones = await startPhonesPage();
  }, 60_000);
  afterAll(() => phones.close());
  beforeEach(() => {
    line = someLine();
    customer = `+1415${randomInt(2_000_000, 9_999_999)}`;
  });
  afterEach(() => phones.tidyUp());

  /** The line's side writes first. */
  const write = async (value: string, to = [customer]) =>
    (await phones.linq.chats.create({ from: line, to, message: text(value) })).chat;
  const inChat =
    (id: string) =>
    (data: Record<string, unknown>): boolean =>
      (data['chat'] as { id: string } | undefined)?.id === id || data['chat_id'] === id;

  it('lets a customer text an agent as on a phone: dots, a picture, a reaction, left on read', async () => {
    const page = await phones.newPage();
    await PhoneOnPage.open(page, phones.url, '+12125550140');
    const phone = await PhoneOnPage.pickUp(page, customer);
    await phone.readByItself(false);

    await phone.startThread(line, 'Do you have rye bread?');
    const { chat } = await phones.told<{ chat: { id: string } }>('message.received', (data) =>
      JSON.stringify(data).includes(customer),
    );
    await phones.linq.chats.markAsRead(chat.id);
    await phone.sees('Do you have rye bread?', 'read');

    await phones.linq.chats.typing.start(chat.id);
    await phone.seesDots(line);
    const answer = await phones.linq.chats.messages.send(chat.id, { message: text('Fresh from the oven!') });
    await phone.sees('Fresh from the oven!', 'delivered');
    await phone.seesNoDots();

    await phone.markRead();
    await phone.sees('Fresh from the oven!', 'read');
    await phones.told('message.read', ({ id }) => id === answer.message.id);

    await phone.react('Fresh from the oven!', 'love');
    await phone.seesReaction('Fresh from the oven!', 'love', customer);
    await phones.told('reaction.added', (data) => data['message_id'] === answer.message.id);

    await phone.box.pressSequentially('like th');
    await phones.told('chat.typing_indicator.started', inChat(chat.id));
    await phone.addFile(RED_DOT);
    await phone.send('like this one?');
    const picture = phone.message('like this one?').getByRole('img', { name: 'red dot.png' });
    await eventually(async () =>
      expect(await picture.evaluate((image) => (image as { naturalWidth?: number }).naturalWidth)).toBe(1),
    );
    const { parts } = await phones.told<{ parts: { type: string; url: string }[] }>(
      'message.received',
      (data) => inChat(chat.id)({ ...data }) && data.parts.length === 2,
    );
    expect(parts).toMatchObject([
      { type: 'text', value: 'like this one?' },
      { type: 'media', filename: 'red dot.png', mime_type: 'image/png', size_bytes: DOT.length },
    ]);
    const download = await fetch(parts[1]?.url ?? '');
    expect(Buffer.from(await download.arrayBuffer()).equals(DOT)).toBe(true);
  }, 60_000);

  it('keeps the phones that were picked up in its address, side by side', async () => {
    const page = await phones.newPage();
    await PhoneOnPage.open(page, phones.url, customer);
    await PhoneOnPage.pickUp(page, '+12125550142');
    await page.reload();
    const numbers = () =>
      page.locator('.phone').evaluateAll((all) => all.map((one) => one.getAttribute('data-phone')));
    await eventually(async () => expect(await numbers()).toEqual([customer, '+12125550142']));
    await page.locator('.phone').first().getByRole('button', { name: 'Put' }).click();
    expect([await numbers(), new URL(page.url()).hash]).toEqual([['+12125550142'], '#+12125550142']);
  });

  it('picks up no phone where what was typed is no number', async () => {
    const page = await phones.newPage();
    await PhoneOnPage.open(page, phones.url, customer);
    await page.getByLabel('Phone number', { exact: true }).fill('+1415');
    await page.getByRole('button', { name: 'Pick up', exact: true }).click();
    await page.getByRole('alert').getByText('starts with +').waitFor();
    expect(await page.locator('.phone').count()).toBe(1);
  });

  it('lists a phone as soon as it is seen on the network, and picks it up by a click', async () => {
    const page = await phones.newPage();
    await PhoneOnPage.open(page, phones.url, '+12125550143');
    await page.getByLabel('Phone number', { exact: true }).fill(customer.slice(2));
    await write('hi');
    await page.getByLabel('Phones on the network').getByRole('button').click();
    await page.locator(`[data-phone="${customer}"] .thread`, { hasText: 'hi' }).waitFor();
  });

  it('shows how far a message has come', async () => {
    const late = 3_600_000;
    const phone = await phones.phone(customer);
    await phones.sim.behave({ handle: customer, delays: { sent_ms: late } });
    const chat = await write('one');
    await phone.openThread();
    const send = (value: string) => phones.linq.chats.messages.send(chat.id, { message: text(value) });
    await phone.sees('one', 'sending');
    await phones.sim.behave({ handle: customer, delays: { sent_ms: 0, delivered_ms: late } });
    await send('two');
    await phone.sees('two', 'sent');
    await phones.sim.behave({ handle: customer, delays: { delivered_ms: 0, read_ms: late } });
    await send('three');
    await phone.sees('three', 'delivered');
    await phones.sim.behave({ handle: customer, delays: { read_ms: 0 } });
    await send('four');
    await phone.sees('four', 'read');
  });

  it('leaves messages unread where the customer does not read, and remembers that', async () => {
    const phone = await phones.phone(customer);
    await phone.readByItself(false);
    await write('are you there?');
    await phone.element.getByLabel('1 unread').waitFor();
    await phone.openThread();
    await phone.sees('are you there?', 'delivered');
    await phone.page.reload();
    const bySelf = phone.element.getByRole('switch', { name: 'Reads by itself' });
    await eventually(async () => expect(await bySelf.isChecked()).toBe(false));
    await phone.readByItself(true);
    await phone.openThread();
    await phone.sees('are you there?', 'read');
  });

  it('sends in blue over iMessage and in green over SMS', async () => {
    await write('hello');
    const phone = await phones.phone(customer);
    await phone.openThread();
    await phone.send('in blue');
    await phones.sim.behave({ handle: customer, capabilities: ['SMS'] });
    await phone.send('in green');
    const colourOf = (value: string) =>
      phone
        .message(value)
        .locator('.bubble')
        .evaluate((bubble) => bubble.ownerDocument.defaultView?.getComputedStyle(bubble).backgroundColor);
    expect([await colourOf('in blue'), await colourOf('in green')]).toEqual([
      'rgb(10, 102, 216)',
      'rgb(28, 122, 59)',
    ]);
  });

  it('starts a thread with a line alone, and one in a group', async () => {
    const friend = `+1212${randomInt(2_000_000, 9_999_999)}`;
    const phone = await phones.phone(customer);
    await phone.startThread(line, 'just you and me');
    await phone.leaveThread();
    await phone.startThread(line, 'the three of us', [friend]);
    await phone.leaveThread();
    const { chats } = await phones.linq.chats.listChats({ from: line, to: customer });
    expect(chats.map(({ is_group }) => is_group)).toEqual([true, false]);
    expect(await phone.element.locator('.thread').count()).toBe(2);
  });

  it('takes the dots down when the text is deleted', async () => {
    const chat = await write('hello');
    const phone = await phones.phone(customer);
    await phone.openThread();
    await phone.box.pressSequentially('hm');
    await phones.told('chat.typing_indicator.started', inChat(chat.id));
    await phone.box.fill('');
    await phones.told('chat.typing_indicator.stopped', inChat(chat.id));
  });

  it('shows reactions of the other side, and takes its own back', async () => {
    const { message } = await write('good news');
    const phone = await phones.phone(customer);
    await phone.openThread();
    await phones.linq.messages.addReaction(message.id, { operation: 'add', type: 'laugh' });
    await phone.seesReaction('good news', 'laugh', line);
    await phone.react('good news', 'love');
    await phone.seesReaction('good news', 'love', customer);
    await phone.react('good news', 'love');
    await phone.message('good news').getByLabel('love by you').waitFor({ state: 'detached' });
    await phones.told('reaction.removed', (data) => data['message_id'] === message.id);
  });

  it('replies to a message, and shows replies and effects as what they are', async () => {
    const chat = await write('red or blue?');
    const phone = await phones.phone(customer);
    await phone.openThread();
    await phone.message('red or blue?').locator('.text').click();
    await phone.element.getByRole('button', { name: 'Reply', exact: true }).click();
    await phone.send('blue');
    await phone.message('blue').locator('.quote', { hasText: 'red or blue?' }).waitFor();
    const data = await phones.told('message.received', inChat(chat.id));
    expect(data['reply_to']).toEqual({ message_id: chat.message.id });
    const effect = { name: 'confetti', type: 'screen' as const };
    await phones.linq.chats.messages.send(chat.id, { message: text('blue it is', { effect }) });
    await phone.message('blue it is').getByText('sent with confetti').waitFor();
  });

  it('shows a group on each of its phones, with names', async () => {
    const friend = `+1212${randomInt(2_000_000, 9_999_999)}`;
    const chat = await write('hello both', [customer, friend]);
    await phones.linq.chats.update(chat.id, { display_name: 'Weekend' });
    const [mine, theirs] = await PhoneOnPage.open(await phones.newPage(), phones.url, customer, friend);
    await mine?.openThread('Weekend');
    await theirs?.openThread('Weekend');
    await theirs?.send('hello from a friend');
    await mine
      ?.message('hello from a friend')
      .locator('.sender', { hasText: friend.slice(-4) })
      .waitFor();
    expect(await theirs?.message('hello from a friend').locator('.sender').count()).toBe(0);
    await phones.linq.chats.messages.send(chat.id, { message: text('to everyone') });
    for (const phone of [mine, theirs])
      await phone
        ?.message('to everyone')
        .locator('.sender', { hasText: line.slice(-4) })
        .waitFor();
  });
});
