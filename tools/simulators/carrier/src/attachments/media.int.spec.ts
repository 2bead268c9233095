import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { eventually, tempDir } from '@claw/testing';
import {
  type Fixture,
  carrier,
  linqAt,
  refusalOf,
  someLine,
  someNumber,
  startFrom,
} from '../testing/carrier-fixture';

const bytes = randomBytes(70_000);

describe('media', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  const announce = () =>
    fixture.linq.attachments.create({
      content_type: 'image/png',
      filename: 'a cat & co.png',
      size_bytes: bytes.length,
    });
  const put = (
    url: string,
    headers: Record<string, string>,
    body: Uint8Array<ArrayBuffer> = new Uint8Array(bytes),
  ): Promise<Response> => fetch(url, { method: 'PUT', headers, body });
  const upload = async (): Promise<LinqAPIV3.AttachmentCreateResponse> => {
    const announced = await announce();
    const { 'Content-Type': type } = announced.required_headers;
    expect((await put(announced.upload_url, { 'Content-Type': type ?? '' })).status).toBe(200);
    return announced;
  };
  const send = (...parts: LinqAPIV3.MessageContent['parts']) =>
    fixture.linq.chats.create({ from: line, to: [customer], message: { parts } });
  const webhookOf = (id: string) =>
    eventually(() => {
      const found = fixture.receiver.received.find(({ event }) => event.data.id === id);
      if (found === undefined) throw new Error('no webhook yet');
      return found.event.data;
    });

  it('goes out from an upload, byte for byte, with what is known of it', async () => {
    const announced = await upload();
    const { chat } = await send(
      { type: 'text', value: 'look' },
      { type: 'media', attachment_id: announced.attachment_id },
    );
    const part = {
      type: 'media',
      id: announced.attachment_id,
      filename: 'a cat & co.png',
      mime_type: 'image/png',
      size_bytes: bytes.length,
      url: announced.download_url,
    };
    expect(chat.message.parts).toEqual([
      expect.objectContaining({ value: 'look' }),
      { ...part, reactions: null },
    ]);
    expect((await webhookOf(chat.message.id)).parts).toEqual([{ type: 'text', value: 'look' }, part]);
    expect((await fixture.linq.messages.retrieve(chat.message.id)).parts).toEqual(chat.message.parts);
    const [row] = await fixture.sim.phone({ to: customer });
    expect(row).toMatchObject({ text: 'look', parts: [{ type: 'text' }, part] });
    const response = await fetch(announced.download_url);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('goes out by URL without being fetched, its type told by its ending', async () => {
    const nowhere = 'https://example.invalid/photos/caf%C3%A9.JPG?size=big';
    const { chat } = await send({ type: 'media', url: nowhere });
    expect(chat.message.parts).toMatchObject([
      { type: 'media', filename: 'café.JPG', mime_type: 'image/jpeg', url: nowhere },
    ]);
    expect(await fixture.sim.phone({ to: customer })).toMatchObject([{ text: '' }]);
  });

  it('comes in by URL, and from a phone that uploaded it', async () => {
    const { sim, linq } = fixture;
    const kept = await sim.upload('voice.m4a', bytes);
    const { message_id } = await sim.inbound({
      from: customer,
      to: line,
      text: 'two things',
      media: [
        { url: 'https://example.invalid/x', mime_type: 'image/gif', filename: 'x.gif' },
        { attachment_id: kept.id },
      ],
    });
    const { parts } = await webhookOf(message_id);
    expect(parts).toMatchObject([
      { type: 'text', value: 'two things' },
      { type: 'media', filename: 'x.gif', mime_type: 'image/gif', url: 'https://example.invalid/x' },
      {
        type: 'media',
        id: kept.id,
        filename: 'voice.m4a',
        mime_type: 'audio/x-m4a',
        size_bytes: bytes.length,
      },
    ]);
    expect((await linq.messages.retrieve(message_id)).parts).toHaveLength(3);
    const alone = await sim.inbound({ from: customer, to: line, media: [{ attachment_id: kept.id }] });
    expect((await webhookOf(alone.message_id)).parts).toHaveLength(1);
  });

  it('can be looked up and deleted, and is then gone', async () => {
    const { linq } = fixture;
    const { attachment_id, download_url } = await upload();
    expect(await linq.attachments.retrieve(attachment_id)).toMatchObject({
      filename: 'a cat & co.png',
      size_bytes: bytes.length,
      status: 'complete',
      download_url,
    });
    await linq.attachments.delete(attachment_id);
    expect((await fetch(download_url)).status).toBe(404);
    expect(await refusalOf(linq.attachments.retrieve(attachment_id))).toMatchObject({
      status: 404,
      code: 2003,
    });
  });

  it('cannot be sent before it is uploaded', async () => {
    const { attachment_id, expires_at, download_url } = await announce();
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(await refusalOf(send({ type: 'media', attachment_id }))).toMatchObject({
      status: 404,
      code: 2003,
    });
    expect((await fetch(download_url)).status).toBe(404);
  });

  it.each([
    ['another type', { 'Content-Type': 'image/jpeg' }, undefined, 403],
    ['another size', { 'Content-Type': 'image/png' }, new Uint8Array(10), 400],
    ['more than was announced', { 'Content-Type': 'image/png' }, new Uint8Array(80_000), 400],
  ] as const)('refuses an upload of %s, and keeps what it had', async (_what, headers, body, status) => {
    const { upload_url, download_url } = await upload();
    expect((await put(upload_url, headers, body)).status).toBe(status);
    expect((await (await fetch(download_url)).arrayBuffer()).byteLength).toBe(bytes.length);
  });

  it('lets nobody upload without the address that was given out', async () => {
    const { upload_url } = await announce();
    const guess = upload_url.replace(/token=.*/, 'token=guess');
    expect((await put(guess, { 'Content-Type': 'image/png' })).status).toBe(403);
  });

  it.each(['audio/flac', 'application/x-msdownload'])(
    'is refused where Linq does not take %s',
    async (type) => {
      const create = fixture.linq.attachments.create({
        content_type: type as LinqAPIV3.SupportedContentType,
        filename: 'a',
        size_bytes: 1,
      });
      expect(await refusalOf(create)).toMatchObject({ status: 400, code: 1005 });
    },
  );

  it('is not run in the browser that opens it', async () => {
    const page = await fixture.sim.upload('page.html', Buffer.from('<script>alert(1)</script>'));
    const response = await fetch(page.url);
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
  });

  it('is there after a restart, and gone after a reset', async () => {
    const folder = await tempDir();
    const { carrier: before, env, linq, sim } = await carrier({ CARRIER_DATA: folder });
    const kept = await sim.upload('cat.png', bytes);
    await before.close();
    const after = await startFrom(env);
    try {
      const again = await linqAt(after.url, linq.apiKey).attachments.retrieve(kept.id);
      const download = await fetch(again.download_url ?? '');
      expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
      await fetch(`${after.url}/sim/reset`, { method: 'POST' });
      expect((await fetch(again.download_url ?? '')).status).toBe(404);
      await expect(readdir(join(folder, 'attachments'))).rejects.toThrow('ENOENT');
    } finally {
      await after.close();
    }
  });
});
