import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join, normalize } from 'node:path';
import { argv } from 'node:process';

/** `node https-files.ts ADDRESS FOLDER CERTIFICATE KEY`: files of a folder by HTTPS on port 443; prints `ready`. */
const [address = '', folder = '', certificateFile = '', keyFile = ''] = argv.slice(2);

const server = createServer(
  { cert: readFileSync(certificateFile), key: readFileSync(keyFile) },
  (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://host/');
    console.log(`${request.headers.host} ${request.url}`);
    try {
      response.end(readFileSync(join(folder, normalize(pathname))));
    } catch {
      response.writeHead(404).end();
    }
  },
);
server.listen(443, address, () => console.log('ready'));
