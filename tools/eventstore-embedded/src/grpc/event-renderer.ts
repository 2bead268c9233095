import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import type { StoredEvent } from '../log/stored-streams';
import { LINK_TYPE } from '../rules/system-streams';
import { structuredUuid, uuidOf } from '../wire/identifiers';
import { recordedEventIn } from '../wire/recorded-event';
import type { ReadRequest } from './read-request';

const { ReadEvent } = ReadResp;
type Recorded = ReadResp.ReadEvent.RecordedEvent;

/** Turns events into the answers that a request wants: nearly always the bytes that are stored. */
export const eventRenderer = (
  log: EventLog,
  { resolveLinks, structuredIds }: ReadRequest,
): ((event: StoredEvent) => Uint8Array) => {
  const recorded = (event: StoredEvent): Recorded => {
    const found = recordedEventIn(event.response);
    return structuredIds ? found.setId(structuredUuid(uuidOf(found.getId()) ?? event.id)) : found;
  };
  return (event) => {
    const isLink = resolveLinks && event.type === LINK_TYPE;
    if (!isLink && !structuredIds) return event.response;
    const answer = new ReadEvent().setCommitPosition(String(event.position));
    if (!isLink) return new ReadResp().setEvent(answer.setEvent(recorded(event))).serializeBinary();
    const link = recorded(event);
    const target = linkTarget(log, link);
    return new ReadResp()
      .setEvent(answer.setLink(link).setEvent(target && recorded(target)))
      .serializeBinary();
  };
};

/** A link's data is `<revision>@<stream>`; undefined where that can't be read. */
const linkTarget = (log: EventLog, link: Recorded): StoredEvent | undefined => {
  const [, revision, stream] = /^(\d+)@(.+)$/su.exec(Buffer.from(link.getData_asU8()).toString('utf8')) ?? [];
  if (revision === undefined || stream === undefined) return undefined;
  const { tombstoned, softDeleted } = log.head(stream);
  return tombstoned || softDeleted ? undefined : log.eventOf(stream, Number(revision));
};
