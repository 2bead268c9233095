import { randomInt } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '@claw/testing';
import { prettyNumber } from '../page/format';
import { someLine, text } from './testing/carrier-fixture';
import { type PhonesPage, startPhonesPage } from './testing/phones-page.fixture';

const WHILE = { withinMs: 15_000 };

/** A red dot: the smallest picture that a browser shows. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

describe('the page with virtual phones', () => {
  let phones: PhonesPage;
  let page: Page | undefined;
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
  afterEach(async () => {
    await page?.close();
    page = undefined;
  });

  const at = async (...numbers: string[]): Promise<Page> => {
    page = await phones.open(...numbers);
    return page;
  };
  const phone = (on: Page, number = customer): Locator => on.locator(`[data-phone="${number}"]`);
  const write = async (value: string, to = [customer]) =>
    (await phones.linq.chats.create({ from: line, to, message: text(value) })).chat;
  /** The customer's phone with the conversation with the line open. */
  const inConversation = async (on: Page, number = customer): Promise<Locator> => {
    const there = phone(on, number);
    await there.locator('.thread').first().click();
    await there.getByRole('log').waitFor();
    return there;
  };
  const message = (there: Locator, value: string): Locator => there.locator('.message', { hasText: value });
  const webhook = <Data = Record<string, unknown>>(
    type: string,
    isIt: (data: Data) => boolean,
  ): Promise<Data> =>
    eventually(() => {
      const found = phones.receiver.dataOf<Data>(type).find(isIt);
      if (found === undefined) throw new Error(`no such ${type} yet`);
      return found;
    }, WHILE);

  it('has any phone picked up, several side by side, and keeps them in its address', async () => {
    const on = await at();
    const field = on.getByLabel('Phone number');
    await field.fill('415 555');
    await on.getByRole('button', { name: 'Add phone' }).click();
    await on.getByRole('alert').getByText('starts with +').waitFor();
    await field.fill(prettyNumber(customer));
    await field.press('Enter');
    await phone(on).getByText('No messages yet.').waitFor();
    await field.fill('+1 (212) 555-0142');
    await field.press('Enter');
    await phone(on, '+12125550142').waitFor();
    await on.reload();
    expect(await on.locator('.phone').count()).toBe(2);
    await phone(on).getByRole('button', { name: 'Put' }).click();
    expect(await on.locator('.phone').count()).toBe(1);
    expect(new URL(on.url()).hash).toBe('#+12125550142');
  });

  it('suggests the numbers that were seen', async () => {
    await write('hi');
    const on = await at('+12125550143');
    await on.getByLabel('Phone number').focus();
    await on.locator(`#seen option[value="${customer}"]`).waitFor({ state: 'attached' });
  });

  it('shows a message when it comes, and its ticks as they change', async () => {
    await phones.sim.behave({ handle: customer, delays: { sent_ms: 400, delivered_ms: 400, read_ms: 400 } });
    const on = await at(customer);
    await phone(on).waitFor();
    const { id } = await write('first');
    const there = await inConversation(on);
    await phones.linq.chats.messages.send(id, { message: text('second') });
    const tick = message(there, 'second').locator('.tick');
    for (const state of ['sent', 'delivered', 'read'])
      await message(there, 'second').locator(`.tick[data-state="${state}"]`).waitFor();
    expect(await tick.innerText()).toContain('read');
  });

  it('leaves messages unread until the phone is told to read', async () => {
    const on = await at(customer);
    const bySelf = phone(on).getByRole('switch', { name: 'Reads by itself' });
    await bySelf.click();
    await eventually(async () =>
      expect(await phones.sim.see('/behaviour')).toContainEqual(
        expect.objectContaining({ handle: customer, read: false }),
      ),
    );
    const chat = await write('are you there?');
    await phone(on).locator('.unread', { hasText: '1' }).waitFor();
    const there = await inConversation(on);
    await message(there, 'are you there?').locator('.tick[data-state=delivered]').waitFor();
    await there.getByRole('button', { name: 'Mark as read' }).click();
    await message(there, 'are you there?').locator('.tick[data-state=read]').waitFor();
    await webhook('message.read', ({ id }) => id === chat.message.id);
    await on.reload();
    await eventually(async () => expect(await bySelf.isChecked()).toBe(false));
  });

  it('sends what is typed, in blue or green, and shows that we read it', async () => {
    const chat = await write('hello');
    const on = await at(customer);
    const there = await inConversation(on);
    await there.getByLabel('Text message').fill('hello yourself');
    await there.getByLabel('Text message').press('Enter');
    const bubble = message(there, 'hello yourself');
    await bubble.locator('.tick[data-state=delivered]').waitFor();
    expect(await bubble.getAttribute('data-service')).toBe('iMessage');
    const data = await webhook('message.received', ({ chat: of }) => (of as { id: string }).id === chat.id);
    expect(data).toMatchObject({ parts: [{ type: 'text', value: 'hello yourself' }] });
    await phones.linq.chats.markAsRead(chat.id);
    await bubble.locator('.tick[data-state=read]').waitFor();
    await phones.sim.behave({ handle: customer, capabilities: ['SMS'] });
    await there.getByLabel('Text message').fill('in green');
    await there.getByRole('button', { name: 'Send' }).click();
    await message(there, 'in green').waitFor();
    const colours = await Promise.all(
      ['hello yourself', 'in green'].map((value) =>
        message(there, value)
          .locator('.bubble')
          .evaluate(
            (element) => element.ownerDocument.defaultView?.getComputedStyle(element).backgroundColor,
          ),
      ),
    );
    expect(colours).toEqual(['rgb(0, 99, 204)', 'rgb(28, 122, 59)']);
  });

  it('writes to a line first, alone and in a group', async () => {
    const friend = `+1212${randomInt(2_000_000, 9_999_999)}`;
    const on = await at(customer);
    const there = phone(on);
    const compose = async (others: string, value: string): Promise<void> => {
      await there.getByRole('button', { name: 'New message' }).click();
      await there.getByLabel('To a line').fill(line);
      await there.getByLabel('Others in the group').fill(others);
      await there.getByLabel('Text').fill(value);
      await there.getByRole('button', { name: 'Send' }).click();
      await message(there, value).waitFor();
      await there.getByRole('button', { name: 'All threads' }).click();
    };
    await compose('', 'just you and me');
    await compose(friend, 'the three of us');
    const { chats } = await phones.linq.chats.listChats({ from: line });
    expect(chats.map(({ is_group }) => is_group)).toEqual([true, false]);
    expect(await there.locator('.thread').count()).toBe(2);
  });

  it('shows dots while the other side types, both ways', async () => {
    const chat = await write('hello');
    const on = await at(customer);
    const there = await inConversation(on);
    await phones.linq.chats.typing.start(chat.id);
    await there.getByLabel(`${prettyNumber(line)} is typing`).waitFor();
    await phones.linq.chats.typing.stop(chat.id);
    await there.locator('.dots').waitFor({ state: 'detached' });
    const isIt = ({ chat_id }: Record<string, unknown>): boolean => chat_id === chat.id;
    await there.getByLabel('Text message').pressSequentially('hm');
    await webhook('chat.typing_indicator.started', isIt);
    await there.getByLabel('Text message').fill('');
    await webhook('chat.typing_indicator.stopped', isIt);
  });

  it('sends a picture and shows it on the phone', async () => {
    const chat = await write('show me');
    const on = await at(customer);
    const there = await inConversation(on);
    await there
      .getByLabel('Send a picture or file')
      .last()
      .setInputFiles({ name: 'red dot.png', mimeType: 'image/png', buffer: DOT });
    const picture = there.getByRole('img', { name: 'red dot.png' });
    await picture.waitFor();
    await eventually(
      async () =>
        expect(
          await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
        ).toBe(1),
      WHILE,
    );
    const data = await webhook('message.received', ({ chat: of }) => (of as { id: string }).id === chat.id);
    const [part] = data['parts'] as { url: string }[];
    expect(part).toMatchObject({
      type: 'media',
      filename: 'red dot.png',
      mime_type: 'image/png',
      size_bytes: DOT.length,
    });
    const download = await fetch(part?.url ?? '');
    expect(Buffer.from(await download.arrayBuffer()).equals(DOT)).toBe(true);
  });

  it('reacts to a message by a click on it, and takes the reaction back', async () => {
    const { message: sent } = await write('good news');
    const on = await at(customer);
    const there = await inConversation(on);
    const bubble = message(there, 'good news').locator('.bubble');
    await bubble.click();
    await there.getByRole('button', { name: 'love' }).click();
    await bubble.locator('.badges').getByLabel('love by you').waitFor();
    await webhook('reaction.added', (data) => data['message_id'] === sent.id);
    await phones.linq.messages.addReaction(sent.id, { operation: 'add', type: 'laugh' });
    await bubble.getByLabel(`laugh by ${prettyNumber(line)}`).waitFor();
    await bubble.click();
    await there.getByRole('button', { name: 'love', exact: true }).click();
    await bubble.getByLabel('love by you').waitFor({ state: 'detached' });
    await webhook('reaction.removed', (data) => data['message_id'] === sent.id);
  });

  it('replies to a message, and shows replies and effects as what they are', async () => {
    const chat = await write('red or blue?');
    const on = await at(customer);
    const there = await inConversation(on);
    await message(there, 'red or blue?').locator('.bubble').click();
    await there.getByRole('button', { name: 'Reply', exact: true }).click();
    await there.getByLabel('Text message').fill('blue');
    await there.getByLabel('Text message').press('Enter');
    await there.locator('.mine .quote', { hasText: 'red or blue?' }).waitFor();
    const data = await webhook('message.received', ({ chat: of }) => (of as { id: string }).id === chat.id);
    expect(data['reply_to']).toEqual({ message_id: chat.message.id });
    const effect = { name: 'confetti', type: 'screen' as const };
    await phones.linq.chats.messages.send(chat.id, { message: text('blue it is', { effect }) });
    await message(there, 'blue it is').getByText('sent with confetti').waitFor();
  });

  it('shows a group on each of its phones, with names', async () => {
    const friend = `+1212${randomInt(2_000_000, 9_999_999)}`;
    const chat = await write('hello both', [customer, friend]);
    await phones.linq.chats.update(chat.id, { display_name: 'Weekend' });
    const on = await at(customer, friend);
    const mine = await inConversation(on);
    const theirs = await inConversation(on, friend);
    await mine.getByRole('heading', { name: 'Weekend' }).waitFor();
    await theirs.getByLabel('Text message').fill('hello from a friend');
    await theirs.getByLabel('Text message').press('Enter');
    await message(mine, 'hello from a friend')
      .locator('.sender', { hasText: prettyNumber(friend) })
      .waitFor();
    expect(await message(theirs, 'hello from a friend').locator('.sender').count()).toBe(0);
    await phones.linq.chats.messages.send(chat.id, { message: text('to everyone') });
    for (const there of [mine, theirs])
      await message(there, 'to everyone')
        .locator('.sender', { hasText: prettyNumber(line) })
        .waitFor();
  });

  it('takes nothing that people type for more than text', async () => {
    const nasty = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`;
    const chat = await write(nasty, [customer, '+12125550144']);
    await phones.linq.chats.update(chat.id, { display_name: nasty });
    const file = await phones.sim.upload('"><img src=x onerror=alert(1)>.pdf', DOT);
    const sent = { from: customer, chat_id: chat.id, text: nasty, media: [{ attachment_id: file.id }] };
    await phones.sim.inbound({ ...sent, reply_to: { message_id: chat.message.id } });
    const on = await at(customer);
    const there = await inConversation(on);
    expect(await there.locator('.mine .text').innerText()).toBe(nasty);
    expect(await there.locator('h3').innerText()).toBe(nasty);
    expect(await there.locator('.quote').innerText()).toContain(nasty);
    await there.getByRole('link', { name: '"><img' }).waitFor();
    expect(await there.locator('.log img').count()).toBe(0);
    expect(await on.title()).toBe('Virtual phones');
  });

  it('can be used by keyboard alone', async () => {
    await write('no mouse here');
    const on = await at(customer);
    const there = phone(on);
    await there.locator('.thread').focus();
    await on.keyboard.press('Enter');
    await eventually(async () =>
      expect(await on.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Text message'),
    );
    await on.keyboard.type('typed');
    await on.keyboard.press('Enter');
    await message(there, 'typed').waitFor();
    await there.locator('.theirs .bubble').focus();
    await on.keyboard.press('Enter');
    await there.getByRole('group', { name: 'React or reply' }).waitFor();
    await on.keyboard.press('Tab');
    await on.keyboard.press('Enter');
    await there.getByLabel('love by you').waitFor();
    await there.locator('.theirs .bubble').press('Enter');
    await there.getByRole('group', { name: 'React or reply' }).waitFor();
    await on.keyboard.press('Escape');
    await there.getByRole('group', { name: 'React or reply' }).waitFor({ state: 'detached' });
  });

  it('names everything that can be pressed or filled in', async () => {
    await write('hello', [customer, '+12125550145']);
    const on = await at(customer);
    const there = await inConversation(on);
    await there.locator('.bubble').click();
    const session = await on.context().newCDPSession(on);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const operable = nodes.filter(({ role }) =>
      ['button', 'textbox', 'switch', 'link', 'combobox', 'log'].includes(String(role?.value)),
    );
    expect(operable.length).toBeGreaterThan(12);
    expect(operable.filter(({ name }) => (name?.value ?? '') === '')).toEqual([]);
  });

  it('asks nobody but the carrier, and complains of nothing', async () => {
    await write('hello');
    const on = await at();
    const [asked, complaints]: [string[], string[]] = [[], []];
    on.on('request', (request) => asked.push(new URL(request.url()).origin));
    on.on('pageerror', (error) => complaints.push(error.message));
    on.on('console', (line_) => line_.type() === 'error' && complaints.push(line_.text()));
    await on.goto('about:blank');
    await on.goto(`${phones.url}/#${customer}`);
    await inConversation(on);
    expect(new Set(asked)).toEqual(new Set([phones.url]));
    expect(complaints).toEqual([]);
  });

  it('fits on the screen of a real phone', async () => {
    await write('a long message that has to be broken into several lines on a narrow screen '.repeat(3));
    const on = await at(customer);
    await on.setViewportSize({ width: 360, height: 740 });
    const there = await inConversation(on);
    const box = await there.boundingBox();
    expect(box?.width).toBeLessThanOrEqual(360);
    expect(await on.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const composer = await there.getByLabel('Text message').boundingBox();
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(740);
  });
});
