import { randomInt } from 'node:crypto';
import { type PhoneOnPage, describeInBrowser, eventually } from '@claw/testing';
import { someLine, text } from './testing/carrier-fixture';
import { type PhonesPage, startPhonesPage } from './testing/phones-page.fixture';

/** The least contrast of small text: WCAG 2.2, 1.4.3. */
const READABLE = 4.5;

/** Runs in the page, where a canvas mixes what is half transparent. */
const CONTRAST = `([ink, paper]) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = () => {
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paint = (selector, property) => {
    canvas.fillStyle = getComputedStyle(document.querySelector(selector))[property];
    canvas.fillRect(0, 0, 1, 1);
    return luminance();
  };
  const [below, above] = [paint(paper, 'backgroundColor'), paint(ink, 'color')].sort((a, b) => a - b);
  return (above + 0.05) / (below + 0.05);
}`;

const contrast = (phone: PhoneOnPage, ink: string, paper: string): Promise<number> =>
  phone.page.evaluate<number>(`(${CONTRAST})(${JSON.stringify([ink, paper])})`);

describeInBrowser('the page with virtual phones, as a page', () => {
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

  const write = async (value: string, to = [customer]) =>
    (await phones.linq.chats.create({ from: line, to, message: text(value) })).chat;
  const inThread = async (): Promise<PhoneOnPage> => {
    const phone = await phones.phone(customer);
    await phone.openThread();
    return phone;
  };

  it('takes nothing that people type for more than text', async () => {
    const nasty = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`;
    const chat = await write(nasty, [customer, '+12125550144']);
    await phones.linq.chats.update(chat.id, { display_name: nasty });
    const file = await phones.sim.upload('"><img src=x onerror=alert(1)>.pdf', Buffer.from('%PDF'));
    const media = [{ attachment_id: file.id }];
    const reply_to = { message_id: chat.message.id };
    await phones.sim.inbound({ from: customer, chat_id: chat.id, text: nasty, media, reply_to });
    const { element, page, log } = await inThread();
    expect(await element.locator('.mine .text').innerText()).toBe(nasty);
    expect(await element.locator('h3').innerText()).toBe(nasty);
    expect(await element.locator('.quote').innerText()).toContain(nasty);
    await element.getByRole('link', { name: '"><img' }).waitFor();
    expect([await log.locator('img').count(), await page.title()]).toEqual([0, 'Virtual phones']);
  });

  it('can be used by keyboard alone', async () => {
    await write('no mouse here');
    const phone = await phones.phone(customer);
    const { keyboard } = phone.page;
    await phone.element.locator('.thread').focus();
    await keyboard.press('Enter');
    await eventually(async () =>
      expect(await phone.box.evaluate((box) => box === box.ownerDocument.activeElement)).toBe(true),
    );
    await keyboard.type('typed');
    await keyboard.press('Enter');
    await phone.sees('typed');
    const tools = phone.element.getByRole('group', { name: 'React or reply' });
    const offer = phone.message('no mouse here').getByRole('button', { name: 'React or reply' });
    await offer.focus();
    await keyboard.press('Enter');
    await tools.waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await phone.seesReaction('no mouse here', 'love', customer);
    await offer.press('Enter');
    await tools.waitFor();
    await keyboard.press('Escape');
    await tools.waitFor({ state: 'detached' });
    await keyboard.press('Escape');
    await phone.element.getByRole('heading', { name: 'Messages' }).waitFor();
  });

  it('names everything that can be pressed or filled in', async () => {
    await write('hello', [customer, '+12125550145']);
    const phone = await inThread();
    await phone.message('hello').locator('.text').click();
    const session = await phone.page.context().newCDPSession(phone.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const operable = nodes.filter(({ role }) =>
      ['button', 'textbox', 'switch', 'link', 'combobox', 'log'].includes(String(role?.value)),
    );
    expect(operable.length).toBeGreaterThan(12);
    expect(operable.filter(({ name }) => (name?.value ?? '') === '')).toEqual([]);
  });

  it('asks nobody but the carrier, and complains of nothing', async () => {
    await write('hello');
    const page = await phones.newPage();
    const [asked, complaints]: [Set<string>, string[]] = [new Set(), []];
    page.on('request', (request) => asked.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
    await page.goto(`${phones.url}/#${customer}`);
    await page.locator('.thread').click();
    await page.getByRole('log').getByText('hello').waitFor();
    expect([[...asked], complaints]).toEqual([[phones.url], []]);
  });

  it('runs no script but its own, whatever gets into it', async () => {
    const page = await phones.newPage();
    const response = await page.goto(`${phones.url}/#${customer}`);
    expect(response?.headers()['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self';",
    );
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "hacked"' }))`,
    );
    expect(await page.title()).toBe('Virtual phones');
  });

  it('serves nothing but its own files', async () => {
    const paths = [
      '/page/',
      '/page/..%2Fsrc%2Fmain.js',
      '/page/%2e%2e/src/main.js',
      '/page/index.html',
      '/page/no.js',
    ];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(phones.url + path)).status));
    expect(statuses).toEqual(paths.map(() => 404));
  });

  it.each([
    [360, 740],
    [1280, 720],
  ])('fits on a screen of %d by %d', async (width, height) => {
    await write('a long message that has to be broken into several lines on a narrow screen '.repeat(9));
    const phone = await phones.phone(customer);
    await phone.page.setViewportSize({ width, height });
    await phone.openThread();
    const [box, composer] = [await phone.element.boundingBox(), await phone.box.boundingBox()];
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(height);
    expect(await phone.page.evaluate('[innerWidth, innerHeight].map(String)')).toEqual(
      await phone.page.evaluate(
        '[document.documentElement.scrollWidth, document.documentElement.scrollHeight].map(String)',
      ),
    );
  });

  it.each(['light', 'dark'] as const)('can be read in the %s', async (colorScheme) => {
    const chat = await write('hello');
    const phone = await phones.phone(customer);
    await phone.page.emulateMedia({ colorScheme });
    await phone.openThread();
    await phone.send('hello yourself');
    await phones.linq.chats.markAsRead(chat.id);
    await phone.sees('hello yourself', 'read');
    const pairs = [
      ['.theirs .text', '.theirs .bubble'],
      ['.mine .text', '.mine .bubble'],
      ['.theirs .tick', '.theirs .bubble'],
      ['.theirs time', '.theirs .bubble'],
      ['.mine .tick', '.mine .bubble'],
      ['.members', '.glass'],
      ['.live', '.rail'],
    ] as const;
    for (const [ink, paper] of pairs)
      expect([ink, (await contrast(phone, ink, paper)) >= READABLE]).toEqual([ink, true]);
  });

  it('says when the carrier is away, and catches up when it is back', async () => {
    await write('before');
    const phone = await inThread();
    await phones.restart(() => phone.page.locator('.live[data-state=away]').waitFor());
    await phones.sim.inbound({ from: customer, to: line, text: 'meanwhile, from another page' });
    await phone.sees('meanwhile, from another page');
    await phone.page.locator('.live[data-state=live]').waitFor();
  });
});
