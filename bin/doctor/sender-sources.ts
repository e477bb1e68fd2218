import type { Config } from '../../delivery/config.ts';
import { type Arrival, unseenSession } from '../../delivery/delivery.ts';
import { type DnsList, parseDnsList } from '../../delivery/dns-lists/list.ts';
import { openListHealth } from '../../delivery/dns-lists/list-health.ts';
import { silentLog } from '../../delivery/log.ts';
import { openResolver } from '../../delivery/resolver.ts';
import { openSenderSources } from '../../delivery/sender-sources.ts';
import type { Finding } from '../doctor.ts';

/** The DNS lists and the other filter of the settings; nothing where none is set. */
export async function sourceFindings(config: Config): Promise<Finding[]> {
  const lists = [
    ...config['dnsLists.addresses'].map(text => ({ text, kind: 'address' as const })),
    ...config['dnsLists.domains'].map(text => ({ text, kind: 'domain' as const })),
  ];
  const found = await Promise.all(
    lists.map(({ text, kind }) => {
      const list = parseDnsList(text);
      return list ? listFinding(list, kind, config) : [];
    }),
  );
  return [...found.flat(), ...(await filterFindings(config))];
}

async function listFinding(list: DnsList, kind: 'address' | 'domain', config: Config): Promise<Finding> {
  const check = 'dns list';
  const timeoutMilliseconds = config['resolver.timeoutMilliseconds'];
  let why = 'no answer';
  const health = openListHealth({
    resolver: openResolver({ servers: config['resolver.servers'], timeoutMilliseconds }),
    log: {
      warn(fields) {
        if ('why' in fields) why = String(fields.why);
      },
    },
    now: () => performance.now(),
  });
  const isSound = await health.isSound(list, kind, AbortSignal.timeout(timeoutMilliseconds));
  if (isSound) return { check, status: 'ok', detail: `${list.zone} lists its test entry and not everything` };
  const todo =
    'it counts for nothing meanwhile; ask its operator whether your resolver may use it, or take it out';
  return { check, status: 'warn', detail: `${list.zone}: ${why}`, todo };
}

/** A message that says nothing. */
const question: Arrival = {
  door: 'inspect',
  id: 'doctor',
  raw: Buffer.from('From: <doctor@localhost>\r\nSubject: doctor\r\n\r\nIs anybody there?\r\n'),
  reversePath: '',
  session: unseenSession,
  receivedAt: new Date(0),
  recipients: [],
  trustedHops: 0,
};

async function filterFindings(config: Config): Promise<Finding[]> {
  const where = config['filter.rspamd'] || config['filter.spamd'];
  if (!where) return [];
  let why = 'no answer';
  const { filter } = openSenderSources(config, {
    resolver: () => Promise.reject(new Error('nothing is looked up')),
    log: {
      ...silentLog,
      warn({ error }) {
        why = String(error);
      },
    },
  });
  const said = await filter?.ask(question);
  const check = 'filter';
  if (said) return [{ check, status: 'ok', detail: `${said.filter} at ${where} answers` }];
  const todo = 'messages are judged without it; start it, or mend filter.rspamd or filter.spamd';
  return [{ check, status: 'warn', detail: `${where}: ${why}`, todo }];
}
