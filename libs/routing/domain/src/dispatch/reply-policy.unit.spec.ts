import { threadReply } from './reply-policy';

describe('a threaded reply', () => {
  it.each(['plain', 'fail'] as const)('goes under the message that it is to (%s)', (fallback) => {
    expect(threadReply('theirs', fallback)).toBe('theirs');
  });

  it('is sent plainly where nobody knows that message and it may be', () => {
    expect(threadReply(undefined, 'plain')).toBeNull();
  });

  it('fails where nobody knows that message and it may not', () => {
    expect(threadReply(undefined, 'fail')).toMatchObject({ step: 'fail', code: 'message_not_found' });
  });
});
