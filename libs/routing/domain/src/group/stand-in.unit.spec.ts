import { standIn } from './stand-in';

const [ann, bob] = ['+12125550101', '+12125550102'];

describe('a stand-in for a number', () => {
  it('is the same in the same group', () => {
    expect(standIn('group', ann)).toBe(standIn('group', ann));
    expect(standIn('group', ann)).toMatch(/^hidden-[0-9a-f]{8}$/);
  });

  it('tells people apart', () => expect(standIn('group', ann)).not.toBe(standIn('group', bob)));

  it('doesn’t show a person again in another group', () =>
    expect(standIn('group', ann)).not.toBe(standIn('other group', ann)));

  it('stays what it was: agents have stored it', () => expect(standIn('group', ann)).toBe('hidden-b5f59e58'));
});
