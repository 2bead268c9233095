import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { stringify, validate } from 'uuid';

/** The stream's name; empty where none was sent. */
export const streamNameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const streamIdentifier = (stream: string): StreamIdentifier =>
  new StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));

/** The id as text in lower case, whichever of the two ways it was sent in; undefined where it is none. */
export const uuidOf = (uuid: UUID | undefined): string | undefined => {
  const structured = uuid?.getStructured();
  if (structured === undefined) {
    const text = uuid?.getString() ?? '';
    return validate(text) ? text.toLowerCase() : undefined;
  }
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getMostSignificantBits())), 0);
  bytes.writeBigInt64BE(BigInt.asIntN(64, BigInt(structured.getLeastSignificantBits())), 8);
  return stringify(bytes);
};

export const uuid = (id: string): UUID => new UUID().setString(id);

/** The id as two signed 64-bit numbers, as clients on other platforms ask for it. */
export const structuredUuid = (id: string): UUID => {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  return new UUID().setStructured(
    new UUID.Structured()
      .setMostSignificantBits(String(bytes.readBigInt64BE(0)))
      .setLeastSignificantBits(String(bytes.readBigInt64BE(8))),
  );
};
