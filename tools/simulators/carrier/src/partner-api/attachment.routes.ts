import type { LinqAPIV3 } from '@linqapp/sdk';
import type { FastifyInstance } from 'fastify';
import { attachmentNotFound } from '../attachments/attachments';
import { isRefusal } from '../model/refusal';
import { refuse } from './answers';
import { AttachmentBody } from './message.schema';
import { parse } from './parse';
import type { PartnerApiParts } from './partner-api-parts';

/** Announcing a file, looking it up, and deleting it. Its bytes go to the address that is answered. */
export const attachmentRoutes = (app: FastifyInstance, { attachments, durable }: PartnerApiParts): void => {
  app.post('/attachments', async (request, reply) => {
    const body = parse(AttachmentBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const record = attachments.announce(body.value);
    await durable();
    const answer: LinqAPIV3.AttachmentCreateResponse = {
      attachment_id: record.id,
      upload_url: attachments.uploadUrl(record),
      download_url: attachments.downloadUrl(record),
      expires_at: record.expires_at,
      http_method: 'PUT',
      required_headers: {
        'Content-Type': record.content_type,
        'Content-Length': String(record.size_bytes),
      },
    };
    return answer;
  });

  app.get<{ Params: { id: string } }>('/attachments/:id', async (request, reply) => {
    const record = attachments.find(request.params.id);
    if (record === undefined) return refuse(request, reply, attachmentNotFound);
    const { id, filename, content_type, size_bytes, created_at, uploaded } = record;
    return {
      id,
      filename,
      content_type,
      size_bytes,
      created_at,
      status: uploaded ? 'complete' : 'pending',
      download_url: attachments.downloadUrl(record),
    };
  });

  app.delete<{ Params: { id: string } }>('/attachments/:id', async (request, reply) => {
    if (attachments.find(request.params.id) === undefined) return refuse(request, reply, attachmentNotFound);
    await attachments.remove(request.params.id);
    await durable();
    return reply.code(204).send();
  });
};
