import { createServer } from 'node:http';
import { told } from './target-env';

/** From here on the process counts as ready, and every GET is answered with what there is to tell at that moment. */
export const tell = (outcome: () => object): void => {
  const http = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(outcome()));
  });
  http.listen(Number(told('HTTP_PORT')), '127.0.0.1');
};
