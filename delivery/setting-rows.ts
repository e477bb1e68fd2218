import { availableParallelism, hostname } from 'node:os';
import { logLevels } from './log.ts';
import { isHostName, type settingForms } from './setting-forms.ts';

interface RowBase {
  /** One sentence for the person who edits the file. */
  readonly help: string;
  readonly unit?: string;
  /** Shown as the default in the commented file when the real one depends on the machine. */
  readonly defaultText?: string;
  /** A secret: never printed. */
  readonly secret?: boolean;
  /** Settings without which this one means nothing, a list for any one of them: setting it alone is a fault. */
  readonly needs?: readonly (string | readonly string[])[];
}

/** One setting: what it is, its default and range. */
export type SettingRow = RowBase &
  (
    | { readonly type: 'integer'; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'number'; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'text'; readonly default: string; readonly form?: Form }
    | { readonly type: 'path'; readonly default: string }
    | { readonly type: 'boolean'; readonly default: boolean }
    | { readonly type: 'word'; readonly default: string; readonly words: readonly string[] }
    | { readonly type: 'list'; readonly default: readonly string[]; readonly form?: Form }
  );

/** Of the text, which may be empty where the default is; of each text of a list. */
type Form = keyof typeof settingForms;

const port = { type: 'integer', min: 0, max: 65535, unit: 'TCP port, 0 picks a free one' } as const;

/** Every setting, one row each. The commented `config/caliopen.yaml` is generated from it. */
export const settingRows = {
  hostname: {
    type: 'text',
    form: 'hostName',
    default: isHostName(hostname()) ? hostname() : 'localhost',
    defaultText: "the machine's name",
    help: 'Name of this host in greetings, trace fields and Authentication-Results.',
  },
  data: {
    type: 'path',
    default: './data',
    help: 'Folder of the SQLite store, the self-made certificate and the instance key.',
  },
  store: {
    type: 'word',
    words: ['sqlite', 'cassandra'],
    default: 'sqlite',
    help: 'Where mail is kept: in files of the data folder, or in a Cassandra cluster that many machines share.',
  },
  postmaster: {
    type: 'text',
    form: 'mailAddress',
    default: '',
    help: 'Account that takes mail for postmaster where there is no such mailbox; every mail domain must have one.',
  },
  'sqlite.shards': {
    type: 'integer',
    min: 1,
    max: 64,
    default: 4,
    help: 'Number of shard files; fixed when the data folder is made.',
  },
  'cassandra.contactPoints': {
    type: 'list',
    form: 'node',
    default: ['127.0.0.1:9042'],
    help: 'Nodes asked first, as host or host:port; they name the others, which are asked at the same port.',
  },
  'cassandra.localDataCenter': {
    type: 'text',
    form: 'name',
    default: 'datacenter1',
    help: 'Data centre whose nodes are asked (nodetool status shows its name).',
  },
  'cassandra.keyspace': {
    type: 'text',
    form: 'keyspace',
    default: 'caliopen',
    help: 'Keyspace that holds everything; made at the first start when it is not there.',
  },
  'cassandra.replication': {
    type: 'integer',
    min: 1,
    max: 20,
    default: 3,
    help: 'Copies of each row in the local data centre; used only when the keyspace is made.',
  },
  'cassandra.username': {
    type: 'text',
    default: '',
    needs: ['cassandra.password'],
    help: 'User of the cluster; empty where it asks for none.',
  },
  'cassandra.password': {
    type: 'text',
    default: '',
    secret: true,
    needs: ['cassandra.username'],
    help: 'Password of that user; better given by the environment than here.',
  },
  'cassandra.tls': {
    type: 'boolean',
    default: false,
    help: 'Speak TLS with the nodes; each must prove its address or the name of a contact point.',
  },
  'cassandra.caFile': {
    type: 'path',
    default: '',
    defaultText: "the system's authorities",
    needs: ['cassandra.tls'],
    help: 'PEM certificates of the authorities that sign for the nodes.',
  },
  'cassandra.certificateFile': {
    type: 'path',
    default: '',
    needs: ['cassandra.tls', 'cassandra.keyFile'],
    help: 'PEM certificate shown to nodes that ask clients for one.',
  },
  'cassandra.keyFile': {
    type: 'path',
    default: '',
    needs: ['cassandra.tls', 'cassandra.certificateFile'],
    help: 'PEM private key of that certificate.',
  },
  'keys.instanceKey': {
    type: 'text',
    form: 'instanceKey',
    default: '',
    secret: true,
    help: 'Instance key as 64 hexadecimal digits; better given by the environment than here.',
  },
  'keys.instanceKeyFile': {
    type: 'path',
    default: '',
    defaultText: 'instance.key in the data folder',
    help: 'File that holds the instance key; made at first start when missing.',
  },
  'keys.uploadServer': {
    type: 'text',
    form: 'httpsAddress',
    default: '',
    help: 'Verifying key server that caliopen keys upload sends to without --server, such as https://keys.openpgp.org; nothing is sent but by that command.',
  },
  'tls.certificateFile': {
    type: 'path',
    default: '',
    defaultText: 'self-made',
    help: 'PEM certificate chain for SMTP STARTTLS and the web door.',
  },
  'tls.keyFile': {
    type: 'path',
    default: '',
    defaultText: 'self-made',
    help: 'PEM private key of the certificate.',
  },
  'tls.folder': {
    type: 'path',
    default: '',
    needs: [['web.tls', 'dns.tls']],
    help: "Folder of certificates that the web door and DNS over TLS show by the client's SNI, read again when they change: NAME/fullchain.pem and NAME/privkey.pem, NAME.crt and NAME.key, or NAME.pem with both.",
  },
  'smtp.address': {
    type: 'text',
    form: 'listenAddress',
    default: '127.0.0.1',
    help: 'Address the SMTP door listens on; 0.0.0.0 or :: takes mail from the world.',
  },
  'smtp.port': { ...port, default: 2525, help: 'Port of the SMTP door; an MX listens on 25.' },
  'smtp.maxConnections': {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 500,
    help: 'Connections served at once; more are answered 421.',
  },
  'smtp.maxConnectionsPerAddress': {
    type: 'integer',
    min: 0,
    max: 100_000,
    default: 50,
    unit: 'connections, 0 for no limit',
    help: 'Of these, for one IPv4 address or one IPv6 network of 64 bits; this host itself may hold them all.',
  },
  'smtp.maxRecipients': {
    type: 'integer',
    min: 1,
    max: 10_000,
    default: 100,
    help: 'Recipients of one message; more are answered 452.',
  },
  'smtp.maxErrors': {
    type: 'integer',
    min: 0,
    max: 100_000,
    default: 20,
    unit: 'errors, 0 for no limit',
    help: 'Unknown recipients and commands of a connection before it has delivered; one more ends it with 421.',
  },
  'smtp.maxSizeOctets': {
    type: 'integer',
    min: 1024,
    max: 268_435_456,
    default: 52_428_800,
    unit: 'octets',
    help: 'Largest message; announced by SIZE.',
  },
  'smtp.plugins': {
    type: 'list',
    default: [],
    defaultText: 'those of config/plugins',
    help: 'Haraka plugins in their order; one of ours left out leaves its stage out.',
  },
  'lmtp.address': {
    type: 'text',
    form: 'listenAddressOrFile',
    default: '127.0.0.1',
    help: 'Address the LMTP door listens on, or unix:/path for a socket file that its group may use, too.',
  },
  'lmtp.port': { ...port, default: 2424, help: 'Port of the LMTP door.' },
  'lmtp.trustedAddresses': {
    type: 'list',
    form: 'ipAddress',
    default: ['127.0.0.1', '::1'],
    help: 'Addresses of the MTA that may connect and give XFORWARD.',
  },
  'lmtp.mtaHostname': {
    type: 'text',
    form: 'hostName',
    default: '',
    defaultText: 'hostname',
    help: 'Name the MTA puts after `by` in its trace fields.',
  },
  'milter.enabled': {
    type: 'boolean',
    default: false,
    help: 'Run the milter door with the others: Postfix and Sendmail ask it about each message before they answer.',
  },
  'milter.address': {
    type: 'text',
    form: 'listenAddressOrFile',
    default: '127.0.0.1',
    help: 'Address the milter door listens on, or unix:/path for a socket file that its group may use, too.',
  },
  'milter.port': { ...port, default: 8899, help: 'Port of the milter door.' },
  'milter.maxConnections': {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 500,
    help: 'Milter connections at once, one for each SMTP session of the MTA; more are closed, and its default action decides.',
  },
  'milter.onFailure': {
    type: 'word',
    words: ['accept', 'tempfail'],
    default: 'accept',
    help: 'What becomes of a message that the milter door could not judge: it passes with X-Caliopen-Score: unknown, or is put off.',
  },
  'milter.appeal': {
    type: 'text',
    default: '',
    defaultText: "postmaster@ the recipient's domain",
    help: 'Address or page that a refusal names for those who were refused wrongly; mail to postmaster and abuse is never refused.',
  },
  'web.address': {
    type: 'text',
    form: 'listenAddress',
    default: '127.0.0.1',
    help: 'Address the web door listens on; beyond loopback it needs a certificate or a proxy.',
  },
  'web.port': { ...port, default: 8080, help: 'Port of the webmail and the JMAP API.' },
  'web.tls': {
    type: 'boolean',
    default: false,
    help: 'Serve HTTPS with the certificate of tls.certificateFile.',
  },
  'web.trustProxy': {
    type: 'list',
    form: 'network',
    default: [],
    help: 'Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
  },
  'web.pictures': {
    type: 'boolean',
    default: true,
    help: 'Fetch remote pictures of a message for its owner after a click; false: nobody can ask for them.',
  },
  'web.sourceUrl': {
    type: 'text',
    form: 'webAddress',
    default: '',
    help: 'Where the source of what runs here is had, which the licence (AGPL §13) has people told; the page About links to it.',
  },
  'acme.directory': {
    type: 'text',
    form: 'httpsAddress',
    default: '',
    needs: ['web.tls'],
    help: 'ACME server (RFC 8555) that gives certificates for openpgpkey.DOMAIN of every domain that points here, such as https://acme-v02.api.letsencrypt.org/directory; to set it is to agree to its terms.',
  },
  'acme.email': {
    type: 'text',
    form: 'mailAddress',
    default: '',
    needs: ['acme.directory'],
    help: 'Address that the ACME server may write to.',
  },
  'acme.caFile': {
    type: 'path',
    default: '',
    defaultText: "the system's authorities",
    needs: ['acme.directory'],
    help: 'PEM certificates of the authorities that sign for the ACME server itself.',
  },
  'acme.names': {
    type: 'list',
    form: 'hostName',
    default: [],
    help: 'Other names of the web door to get certificates for.',
  },
  'acme.httpPort': {
    ...port,
    default: 80,
    help: 'Port at web.address for plain HTTP where acme.directory is set: answers the ACME server, which asks at port 80, and sends all others to HTTPS.',
  },
  'acme.ordersPerHour': {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 80,
    help: "Certificates ordered in an hour at most; below the server's limit for one account.",
  },
  'dns.address': {
    type: 'list',
    form: 'ipAddress',
    default: ['127.0.0.1'],
    help: 'Addresses the DNS door listens on, over UDP and TCP; [0.0.0.0, "::"] serves the world.',
  },
  'dns.port': { ...port, default: 5300, help: 'Port of the DNS door; a name server listens on 53.' },
  'dns.tls': {
    type: 'boolean',
    default: false,
    help: 'Answer DNS over TLS (RFC 7858), too, with the certificate of tls.certificateFile.',
  },
  'dns.tlsPort': { ...port, default: 5853, help: 'Port of DNS over TLS; name servers use 853.' },
  'dns.nameservers': {
    type: 'list',
    form: 'hostName',
    default: [],
    defaultText: 'hostname',
    help: 'Names of the servers that the key zones are delegated to: this one, and every secondary.',
  },
  'dns.hostmaster': {
    type: 'text',
    form: 'mailAddress',
    default: '',
    defaultText: 'hostmaster@ the domain',
    help: 'Mail address of whoever cares for the key zones, for their SOA records.',
  },
  'dns.ttlSeconds': {
    type: 'integer',
    min: 30,
    max: 86_400,
    default: 3600,
    unit: 's',
    help: 'How long resolvers keep a key; one that is taken back is gone after that.',
  },
  'dns.negativeTtlSeconds': {
    type: 'integer',
    min: 30,
    max: 86_400,
    default: 900,
    unit: 's',
    help: 'How long resolvers, and clients of WKD and HKP, keep the answer that there is no key.',
  },
  'dns.signing': {
    type: 'word',
    words: ['online', 'presigned'],
    default: 'online',
    help: 'How new key zones are signed: online signs as it answers, so that nobody can list the mailboxes; presigned is for secondaries.',
  },
  'dns.algorithm': {
    type: 'word',
    words: ['ecdsap256sha256', 'ed25519'],
    default: 'ecdsap256sha256',
    help: 'Algorithm of the keys that sign new key zones.',
  },
  'dns.tsigKeys': {
    type: 'list',
    form: 'tsigKey',
    default: [],
    secret: true,
    help: 'TSIG keys as ALGORITHM:NAME:SECRET in base64, as kdig -y takes them; algorithms are hmac-sha256, hmac-sha384, hmac-sha512.',
  },
  'dns.secondaries': {
    type: 'list',
    form: 'secondary',
    default: [],
    help: 'Secondaries told of changes and allowed to transfer presigned zones, as KEYNAME@ADDRESS:PORT (IPv6: [ADDRESS]:PORT).',
  },
  'dns.catalog': {
    type: 'text',
    form: 'hostName',
    default: '',
    needs: ['dns.secondaries'],
    help: 'Name of a catalog zone (RFC 9432) from which secondaries learn the presigned zones; empty for none.',
  },
  'dns.updates': {
    type: 'list',
    form: 'parentUpdate',
    default: [],
    help: 'Parent zones that take DNS UPDATE, as ZONE=KEYNAME@ADDRESS:PORT: delegations, DS and WKD names are placed there by themselves.',
  },
  'dns.checkHours': {
    type: 'integer',
    min: 0,
    max: 8760,
    default: 24,
    unit: 'hours, 0 for never',
    help: 'How often every published key is looked up in DNS and WKD as the world does, and compared.',
  },
  'dns.rateLimit': {
    type: 'integer',
    min: 0,
    max: 1_000_000,
    default: 200,
    unit: 'answers per second, 0 for no limit',
    help: 'Like answers over UDP to one network (IPv4 /24, IPv6 /56); beyond it every second one is cut short, so that real resolvers ask by TCP.',
  },
  'resolver.servers': {
    type: 'list',
    form: 'nameServer',
    default: [],
    defaultText: "the system's",
    help: 'Resolvers asked for SPF, DKIM and DMARC records, as address or address:port.',
  },
  'resolver.timeoutMilliseconds': {
    type: 'integer',
    min: 100,
    max: 60_000,
    default: 4000,
    unit: 'ms',
    help: 'Longest wait for all DNS answers about one message.',
  },
  'authenticate.trustedSealers': {
    type: 'list',
    form: 'hostName',
    default: [],
    help: 'Domains of forwarders and mailing lists whose ARC seal (RFC 8617) is believed: what failed DMARC on the way passes where their chain says that it passed before.',
  },
  'authenticate.indicators': {
    type: 'boolean',
    default: false,
    help: "Look up the brand indicator (BIMI) that the author's domain publishes; its picture is not fetched.",
  },
  'senders.exempt': {
    type: 'list',
    form: 'networkOrDomain',
    default: [],
    help: 'Networks, and domains proven by SPF or DKIM, that are never greylisted or limited.',
  },
  'greylist.enabled': {
    type: 'boolean',
    default: false,
    help: 'Put the first message of an unknown sender off (RFC 6647); the SMTP and milter doors answer 451 4.7.1.',
  },
  'greylist.waitSeconds': {
    type: 'integer',
    min: 1,
    max: 86_400,
    default: 60,
    unit: 's',
    help: 'Shortest wait before the message is let in.',
  },
  'greylist.retryHours': {
    type: 'integer',
    min: 1,
    max: 720,
    default: 48,
    unit: 'hours',
    help: 'Longest wait for it: who comes again later begins anew.',
  },
  'greylist.allowDays': {
    type: 'integer',
    min: 1,
    max: 365,
    default: 35,
    unit: 'days',
    help: 'How long a network that came again in time is let in at once, counted from its last message.',
  },
  'rateLimit.perNetwork': {
    type: 'integer',
    min: 0,
    max: 10_000_000,
    default: 0,
    unit: 'messages an hour, 0 for no limit',
    help: 'Messages of one network (IPv4 /24, IPv6 /48) at the SMTP and milter doors; more are answered 421.',
  },
  'rateLimit.perSender': {
    type: 'integer',
    min: 0,
    max: 10_000_000,
    default: 0,
    unit: 'messages an hour, 0 for no limit',
    help: 'Messages of one domain that names the client by SPF, or of one reverse-path and network where none does; more are answered 451.',
  },
  'dnsLists.addresses': {
    type: 'list',
    form: 'dnsList',
    default: [],
    help: 'DNS lists of addresses, as ZONE=CODE[:WEIGHT][;CODE...], such as zen.example.org=127.0.0.2-3;127.0.0.10-11:0.5; they learn who writes to you.',
  },
  'dnsLists.domains': {
    type: 'list',
    form: 'dnsList',
    default: [],
    help: 'DNS lists of domains, asked for those of the sender and of links; dom.example.org=127.0.1.2;test:NAME where the test entry is not called test.',
  },
  'dnsLists.timeoutMilliseconds': {
    type: 'integer',
    min: 100,
    max: 60_000,
    default: 2000,
    unit: 'ms',
    help: 'Longest wait for all DNS lists about one message.',
  },
  'filter.rspamd': {
    type: 'text',
    form: 'webAddress',
    default: '',
    help: 'Address of an Rspamd worker, such as http://127.0.0.1:11333, whose score is one more input of ours.',
  },
  'filter.rspamdPassword': {
    type: 'text',
    default: '',
    secret: true,
    needs: ['filter.rspamd'],
    help: 'Password of that worker; empty where it asks for none.',
  },
  'filter.spamd': {
    type: 'text',
    form: 'nodeOrFile',
    default: '',
    help: "Address of SpamAssassin's spamd, such as 127.0.0.1:783 or unix:/path, asked where filter.rspamd is empty.",
  },
  'filter.timeoutMilliseconds': {
    type: 'integer',
    min: 100,
    max: 60_000,
    default: 5000,
    unit: 'ms',
    help: 'Longest wait for that filter; then the message is judged without it.',
  },
  'filter.maxSizeOctets': {
    type: 'integer',
    min: 1024,
    max: 268_435_456,
    default: 512_000,
    unit: 'octets',
    help: 'Larger messages are not handed to that filter.',
  },
  'filter.trustedNetworks': {
    type: 'list',
    form: 'network',
    default: [],
    help: 'Servers on the way whose SpamAssassin or Rspamd has judged mail before: X-Spam fields that they wrote are one more input of ours, those of others are never read.',
  },
  'filter.removesForeign': {
    type: 'boolean',
    default: false,
    needs: ['filter.trustedNetworks'],
    help: "These servers remove X-Spam fields that came with a message, as Rspamd's and SpamAssassin's milters do: then fields below their trace field count, too.",
  },
  'judge.threads': {
    type: 'integer',
    min: 1,
    max: 64,
    default: Math.min(4, availableParallelism()),
    defaultText: 'one per core, at most 4',
    help: 'Threads that parse and judge messages.',
  },
  'judge.timeoutSeconds': {
    type: 'integer',
    min: 1,
    max: 600,
    default: 20,
    unit: 's',
    help: 'Longest judging of one message; then it is stored unjudged.',
  },
  'spam.junkAt': {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.8,
    help: 'Probability of spam from which a message goes to junk.',
  },
  'spam.rejectAt': {
    type: 'number',
    min: 0,
    max: 1,
    default: 1,
    help: 'Probability of spam above which SMTP refuses a message; 1 refuses none.',
  },
  'spam.sharedLearning': {
    type: 'boolean',
    default: true,
    help: 'What several accounts mark as junk, or as not junk, counts a little for the others; never words of sealed mail.',
  },
  'spam.appeal': {
    type: 'text',
    default: '',
    defaultText: "postmaster@ the recipient's domain",
    help: 'Address or page that a refusal of the SMTP door names for those who were refused wrongly; mail to postmaster and abuse is never refused.',
  },
  'account.quotaOctets': {
    type: 'integer',
    min: 0,
    max: 2 ** 53 - 1,
    default: 0,
    unit: 'octets, 0 for no limit',
    help: 'Quota of new accounts.',
  },
  'session.days': {
    type: 'integer',
    min: 1,
    max: 365,
    default: 14,
    unit: 'days',
    help: 'How long a web session lives without use.',
  },
  'log.level': { type: 'word', words: logLevels, default: 'info', help: 'Least level that is logged.' },
  'log.hashAddresses': {
    type: 'boolean',
    default: false,
    help: 'Log keyed hashes in place of envelope addresses.',
  },
} as const satisfies Record<string, SettingRow>;

export type SettingKey = keyof typeof settingRows;
