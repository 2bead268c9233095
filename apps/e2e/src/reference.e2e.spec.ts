import { sharedPlatform } from './support/shared-platform';

describe('the reference, which needs no key,', () => {
  const read = async (path: string) => {
    const { api } = await sharedPlatform().run();
    const response = await fetch(`${api}${path}`);
    expect(response.status).toBe(200);
    return { api, type: response.headers.get('content-type'), text: await response.text() };
  };

  it('is OpenAPI for HTTP, at the address that was called', async () => {
    const { api, type, text } = await read('/openapi.json');
    expect(type).toContain('application/json');
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0', servers: [{ url: api }] });
  });

  it('is AsyncAPI for the socket, at the address that was called', async () => {
    const { api, type, text } = await read('/asyncapi.json');
    expect(type).toContain('application/json');
    expect(JSON.parse(text)).toMatchObject({
      asyncapi: '3.0.0',
      servers: { gateway: { host: new URL(api).host, protocol: 'ws' } },
      channels: { agent: { address: '/ws' } },
    });
  });

  it.each(['/docs', '/docs/errors'])('is a page at %s', async (path) => {
    const { type, text } = await read(path);
    expect(type).toContain('text/html');
    expect(text).toContain('<title>');
  });
});
