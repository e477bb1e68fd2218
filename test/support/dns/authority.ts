import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Namespace } from './namespace.ts';

/** A certificate authority that the programs inside trust, and no other. */
export interface Authority {
  readonly certificateFile: string;
  /** A certificate for these names of hosts, and its key; PEM files. */
  issue(names: readonly string[]): Promise<{ certificateFile: string; keyFile: string }>;
}

/** Where Debian's programs look for the authorities they trust. */
const trusted = '/etc/ssl/certs/ca-certificates.crt';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes one, and covers the system's list of trusted authorities with it. */
export async function openAuthority(namespace: Namespace): Promise<Authority> {
  const folder = namespace.newFolder('authority');
  const [certificateFile, authorityKey] = [join(folder, 'authority.pem'), join(folder, 'authority.key')];
  const subject = ['-subj', '/CN=Authority of the test rig', '-days', '3'];
  await namespace.must([
    ...['openssl', 'req', '-x509', ...newKey, ...subject],
    ...['-keyout', authorityKey, '-out', certificateFile],
  ]);
  await namespace.must(['mount', '--bind', certificateFile, trusted]);
  let issued = 0;
  return {
    certificateFile,
    async issue(names) {
      issued += 1;
      const [certificate, keyFile] = [join(folder, `${issued}.pem`), join(folder, `${issued}.key`)];
      await namespace.must([
        ...['openssl', 'req', '-x509', ...newKey, '-subj', `/CN=${names[0]}`, '-days', '2'],
        ...['-CA', certificateFile, '-CAkey', authorityKey],
        ...['-addext', `subjectAltName=${names.map(name => `DNS:${name}`).join(',')}`],
        ...['-addext', 'basicConstraints=critical,CA:FALSE'],
        ...['-keyout', keyFile, '-out', certificate],
      ]);
      const chain = [certificate, certificateFile].map(file => readFileSync(file, 'utf8'));
      writeFileSync(certificate, chain.join(''));
      return { certificateFile: certificate, keyFile };
    },
  };
}
