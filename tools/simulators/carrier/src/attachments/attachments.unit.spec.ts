import { Readable } from 'node:stream';
import { type Instant, instant, plusMs } from '@claw/kernel';
import { memoryEngine } from '../store/engine';
import { Table } from '../store/table';
import { AttachmentFiles } from './attachment-files';
import { AttachmentRecord, Attachments } from './attachments';

const noon = instant('2025-06-01T12:00:00.000Z');

describe('an upload URL', () => {
  it('is refused from 15 minutes on', async () => {
    let now: Instant = noon;
    const attachments = new Attachments({
      records: new Table(memoryEngine(), 'attachments', AttachmentRecord),
      files: new AttachmentFiles('/nowhere'),
      clock: { now: () => now },
      url: () => 'http://carrier',
    });
    const announced = attachments.announce({ filename: 'a.png', content_type: 'image/png', size_bytes: 1 });
    expect(announced.expires_at).toBe('2025-06-01T12:15:00.000Z');
    now = plusMs(noon, 15 * 60_000);
    const late = attachments.upload(announced.id, {
      token: announced.upload_token,
      contentType: 'image/png',
      body: Readable.from([Buffer.from('x')]),
    });
    expect(await late).toMatchObject({ refused: true, status: 403 });
  });
});
