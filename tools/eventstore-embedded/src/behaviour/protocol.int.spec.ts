import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { credentials, status } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
} from '@eventstore/db-client/generated/streams_pb';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import { withDeadline } from '@claw/kernel';
import { streamIdentifier, structuredUuid, uuid, uuidOf } from '../wire/identifiers';
import { collect, counted, failure, newStream, PATIENCE_MS, storeUnderTest } from './store-under-test';

const { Options } = ReadReq;

/** What clients on other platforms do, and EventStoreDB's own for Node.js does not. */
describe('over the bare protocol', () => {
  const store = storeUnderTest();
  let client: StreamsClient;
  beforeAll(() => {
    const { host } = new URL(store.url.replace('esdb:', 'http:'));
    client = new StreamsClient(host, credentials.createInsecure());
  });
  afterAll(() => client.close());

  const batchEvent = (id = randomUUID()): BatchAppendReq.ProposedMessage => {
    const message = new BatchAppendReq.ProposedMessage().setId(uuid(id)).setData(Buffer.from('{}'));
    message.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
    return message;
  };
  const batchOptions = (stream: string, withinMs: number): BatchAppendReq.Options =>
    new BatchAppendReq.Options()
      .setStreamIdentifier(streamIdentifier(stream))
      .setAny(new GoogleEmpty())
      .setDeadline(Timestamp.fromDate(new Date(Date.now() + withinMs)));
  const appendRaw = (messages: readonly AppendReq[]): Promise<AppendResp> =>
    new Promise((resolve, reject) => {
      const call = client.append((error, response) => (error === null ? resolve(response) : reject(error)));
      for (const message of messages) call.write(message);
      call.end();
    });
  const optionsFor = (stream: string): AppendReq =>
    new AppendReq().setOptions(
      new AppendReq.Options().setStreamIdentifier(streamIdentifier(stream)).setAny(new Empty()),
    );
  const readOptions = (): ReadReq.Options =>
    new Options().setCount('10').setUuidOption(new Options.UUIDOption().setStructured(new Empty()));
  const read = (options: ReadReq.Options): Promise<ReadResp[]> =>
    collect(client.read(new ReadReq().setOptions(options)));

  it('takes and gives ids as two numbers', async () => {
    const [stream, id] = [newStream(), randomUUID()];
    const message = new AppendReq.ProposedMessage().setId(structuredUuid(id)).setData(Buffer.from('{}'));
    message.getMetadataMap().set('type', 'T').set('content-type', 'application/json');
    await appendRaw([optionsFor(stream), new AppendReq().setProposedMessage(message)]);
    const ofStream = new Options.StreamOptions()
      .setStreamIdentifier(streamIdentifier(stream))
      .setStart(new Empty());
    const [answer] = await read(readOptions().setStream(ofStream).setNoFilter(new Empty()));
    const found = answer?.getEvent()?.getEvent()?.getId();
    expect(found?.hasStructured()).toBe(true);
    expect(uuidOf(found)).toBe(id);
  });

  it('says what every event has to say of itself where one does not', async () => {
    const message = new AppendReq.ProposedMessage().setId(uuid(randomUUID()));
    message.getMetadataMap().set('type', 'T');
    const append = appendRaw([optionsFor(newStream()), new AppendReq().setProposedMessage(message)]);
    const error = await failure(append);
    const trailers = Object(Reflect.get(Object(error), 'metadata')).getMap();
    expect(trailers).toMatchObject({
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': 'type,content-type',
    });
  });

  it('gathers an append that comes in parts, among others, and names what it answers', async () => {
    const [stream, other] = [newStream(), newStream()];
    const [id, otherId] = [randomUUID(), randomUUID()];
    const call = client.batchAppend();
    const answers: BatchAppendResp[] = [];
    call.on('data', (answer: BatchAppendResp) => answers.push(answer));
    const part = (correlation: string): BatchAppendReq =>
      new BatchAppendReq().setCorrelationId(uuid(correlation));
    call.write(part(id).setOptions(batchOptions(stream, 5_000)).setProposedMessagesList([batchEvent()]));
    const whole = part(otherId)
      .setOptions(batchOptions(other, 5_000))
      .setProposedMessagesList([batchEvent()]);
    call.write(whole.setIsFinal(true));
    call.write(part(id).setProposedMessagesList([batchEvent(), batchEvent()]).setIsFinal(true));
    call.end();
    await withDeadline('the end', PATIENCE_MS, once(call, 'end'));
    const byId = new Map(answers.map((answer) => [uuidOf(answer.getCorrelationId()), answer]));
    expect(byId.get(id)?.getSuccess()?.getCurrentRevision()).toBe('2');
    expect(byId.get(id)?.getStreamIdentifier()).toEqual(streamIdentifier(stream));
    expect(byId.get(otherId)?.getSuccess()?.getCurrentRevision()).toBe('0');
  });

  it('answers each of more than a thousand appends in one call', async () => {
    const stream = newStream();
    const ids = Array.from({ length: 1_200 }, () => randomUUID());
    const call = client.batchAppend();
    for (const id of ids) {
      const append = new BatchAppendReq().setCorrelationId(uuid(id)).setOptions(batchOptions(stream, 30_000));
      call.write(append.setProposedMessagesList([batchEvent()]).setIsFinal(true));
    }
    call.end();
    const answers: BatchAppendResp[] = await withDeadline('the answers', 2 * PATIENCE_MS, collect(call));
    expect(answers.map((answer) => uuidOf(answer.getCorrelationId()))).toEqual(ids);
    expect(answers.at(-1)?.getSuccess()?.getCurrentRevision()).toBe('1199');
  });

  it('ends a batch with an error where a part does not say which append it belongs to', async () => {
    const call = client.batchAppend();
    call.write(new BatchAppendReq().setIsFinal(true));
    const error = await withDeadline('the error', PATIENCE_MS, failure(collect(call)));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('gives up an append whose last part does not come in time, and writes nothing of it', async () => {
    const [stream, id] = [newStream(), randomUUID()];
    const call = client.batchAppend();
    const answered = once(call, 'data');
    const first = new BatchAppendReq().setCorrelationId(uuid(id)).setOptions(batchOptions(stream, 100));
    call.write(first.setProposedMessagesList([batchEvent()]));
    const [answer]: BatchAppendResp[] = await withDeadline('the answer', PATIENCE_MS, answered);
    expect(uuidOf(answer?.getCorrelationId())).toBe(id);
    expect(answer?.getError()?.getDetails()?.getTypeName()).toBe('event_store.client.Timeout');
    call.write(new BatchAppendReq().setCorrelationId(uuid(id)).setIsFinal(true));
    call.end();
    await withDeadline('the end', PATIENCE_MS, once(call.resume(), 'end'));
    await failure(collect(store.client.readStream(stream)));
  });

  it('reads the log through a filter, backwards, too', async () => {
    const stream = newStream();
    await store.client.appendToStream(`${stream}-other`, counted(3));
    await store.client.appendToStream(stream, counted(3));
    await store.client.appendToStream(`${stream}-other`, counted(3));
    const expression = new Options.FilterOptions.Expression().setRegex(`^${stream}$`);
    const filter = new Options.FilterOptions().setStreamIdentifier(expression).setCount(new Empty());
    const backwards = readOptions()
      .setAll(new Options.AllOptions().setEnd(new Empty()))
      .setReadDirection(Options.ReadDirection.BACKWARDS)
      .setCount('2')
      .setFilter(filter.setCheckpointintervalmultiplier(1));
    const answers = await read(backwards);
    const found = answers.map((answer) => answer.getEvent()?.getEvent()?.getStreamRevision());
    expect(found.filter((revision) => revision !== undefined)).toEqual(['2', '1']);
  });
});
