import { allowOpenFiles } from './open-files';

describe('the limit of open files', () => {
  it('is left alone where it is enough', async () => {
    await expect(allowOpenFiles(1)).resolves.toBeUndefined();
  });

  it('is told, with what to do, where more can’t be had', async () => {
    await expect(allowOpenFiles(2 ** 40)).rejects.toThrow(
      /needs 1099511627776 .* may have \d+: raise the hard limit/,
    );
  });
});
