import { type IncomingHttpHeaders, request } from 'node:http';

/** What a web server on 127.0.0.1 says under a Host of any name. */
export function get({
  port,
  host,
  path,
  method = 'GET',
}: {
  port: number;
  host: string;
  path: string;
  method?: string | undefined;
}): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers: { host }, agent: false },
      answer => {
        const parts: Buffer[] = [];
        answer.on('data', part => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
