import { systemClock } from '@claw/kernel';
import type { ChatRecord } from '../model/chat';
import { Happenings } from './happenings';
import { Schedule } from './schedule';
import { TYPING_MS, Typing } from './typing';

const chat: ChatRecord = {
  id: 'chat',
  line: '+15005550000',
  recipients: ['+14155550100'],
  joined: {},
  gone: {},
  name: null,
  service: 'iMessage',
  created_at: '2025-06-01T12:00:00.000Z',
  updated_at: '2025-06-01T12:00:00.000Z',
};

describe('typing dots', () => {
  let typing: Typing;
  let told: string[];
  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    const happenings = new Happenings();
    happenings.listen((happening) => told.push('state' in happening ? happening.state : happening.type));
    typing = new Typing({ happenings, schedule: new Schedule(), clock: systemClock });
  });
  afterEach(() => jest.useRealTimers());

  it('go out by themselves after a minute, once', () => {
    typing.start(chat, chat.line);
    jest.advanceTimersByTime(TYPING_MS - 1);
    expect(typing.whoTypesIn(chat.id)).toEqual([chat.line]);
    jest.advanceTimersByTime(2);
    expect(told).toEqual(['started', 'stopped']);
    expect(typing.whoTypesIn(chat.id)).toEqual([]);
  });

  it('stay for another minute each time they are renewed, which tells nobody anything new', () => {
    typing.start(chat, chat.line);
    jest.advanceTimersByTime(TYPING_MS - 1);
    typing.start(chat, chat.line);
    jest.advanceTimersByTime(TYPING_MS - 1);
    expect(told).toEqual(['started']);
  });

  it('are taken down once, and nobody is told of those that were not up', () => {
    typing.stop(chat, chat.line);
    typing.start(chat, chat.line);
    typing.stop(chat, chat.line);
    jest.advanceTimersByTime(2 * TYPING_MS);
    expect(told).toEqual(['started', 'stopped']);
  });

  it('reach nobody where there is no iMessage', () => {
    expect(typing.start({ ...chat, service: 'RCS' }, chat.line)).toBeUndefined();
    expect(told).toEqual([]);
  });
});
