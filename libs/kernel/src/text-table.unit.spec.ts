import { textTable } from './text-table';

describe('a table of text', () => {
  it('has columns as wide as their widest cell, and no blanks at the end of a line', () => {
    expect(
      textTable([
        ['ID', 'REASON'],
        ['1000', 'late'],
        ['2', ''],
      ]),
    ).toBe('ID    REASON\n1000  late\n2');
  });

  it('is nothing where there are no rows', () => expect(textTable([])).toBe(''));
});
