import { problems } from '@claw/contracts';

/** Swagger UI from our own origin: nothing is fetched from another host. */
export const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Claw Messenger API</title>
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
    <link rel="icon" href="/docs/assets/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/assets/start.js"></script>
  </body>
</html>
`;

/** Starts Swagger UI; a file of its own, since the page's policy allows no inline script. */
export const referenceScript = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;

const errorRows = Object.entries(problems)
  .map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td>${status}</td><td><code>${code}</code></td><td>${title.replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</td></tr>`,
  )
  .join('\n');

/** What each problem's `type` links to. */
export const errorsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Claw Messenger API: errors</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem; }
      td { padding: 0.25rem 1rem 0.25rem 0; vertical-align: top; }
      tr:target { background: #fff3bf; }
    </style>
  </head>
  <body>
    <h1>Errors</h1>
    <p>
      A refused call is answered with <code>application/problem+json</code> (RFC 9457). <code>error</code> is the
      stable code below, <code>detail</code> a sentence you can act on, <code>request_id</code> what to tell us.
    </p>
    <table>
${errorRows}
    </table>
  </body>
</html>
`;
