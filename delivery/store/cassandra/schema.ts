/**
 * The schema as numbered, additive steps of CQL statements (`schema-steps.ts` runs them). A step, once on `main`, never
 * changes; it adds tables, or columns that may be null, so that older code goes on beside newer code.
 *
 * All tables of a message share the partition key (account, bucket): its row in `email`, its texts and octets in
 * `detail` and its line of the change log are one mutation. A bucket is a month of places times 1000 plus a part: a
 * month with many emails has several parts, so that no partition grows without bound (`mail/bucket.ts`).
 */
export const schemaSteps: readonly (readonly string[])[] = [
  [
    // The directory. What is claimed (names of domains, addresses, hashes of secrets) is written by lightweight
    // transactions alone.
    `create table if not exists tenant (slot int, id text, name text, parent text, max_accounts int,
       primary key (slot, id))`,
    `create table if not exists domain (name text primary key, tenant text, catch_all text, created timestamp,
       claim text)`,
    `create table if not exists domain_list (slot int, name text, primary key (slot, name))`,
    `create table if not exists catch_all_of_account (account text, domain text, primary key (account, domain))`,
    `create table if not exists account (id text primary key, tenant text, domain text, address text,
       display_name text, custody text, quota bigint, state text, hash_salt blob, created timestamp,
       password_hash text, second_factor boolean, claims frozen<list<text>>, made boolean, gone boolean,
       session_epoch text, token_epoch text)`,
    `create table if not exists account_list (slot int, id text, primary key (slot, id))`,
    `create table if not exists account_of_domain (domain text, id text, primary key (domain, id))`,
    `create table if not exists account_of_tenant (tenant text, id text, primary key (tenant, id))`,
    `create table if not exists address (key text primary key, address text, domain text, account text, kind text,
       claim text, made boolean)`,
    `create table if not exists address_of_account (account text, key text, address text, kind text,
       primary key (account, key))`,
    `create table if not exists address_of_domain (domain text, key text, account text, primary key (domain, key))`,
    `create table if not exists removing_account (slot int, id text, primary key (slot, id))
       with gc_grace_seconds = 3600`,
    `create table if not exists role (account text, role text, scope text, granted boolean,
       primary key (account, role, scope))`,
    `create table if not exists secret (kind text, hash blob, id text, account text, label text, created timestamp,
       expires timestamp, data text, epoch text, taken text, primary key ((kind, hash)))`,
    `create table if not exists secret_of_account (account text, kind text, id text, hash blob, last_used timestamp,
       primary key (account, kind, id))`,
    `create table if not exists meta (name text primary key, value blob)`,
    `create table if not exists state (name text primary key, generation text)`,
    `create table if not exists state_generation (name text, generation text, started timestamp,
       primary key (name, generation)) with gc_grace_seconds = 86400`,
    `create table if not exists state_chunk (name text, generation text, number int, octets blob,
       primary key ((name, generation, number)))`,
    `create table if not exists audit (account text, month int, at timeuuid, moment timestamp, actor text,
       action text, detail text, primary key ((account, month), at)) with clustering order by (at desc)`,
    // What belongs to one account and is small.
    `create table if not exists private_key (account text, fingerprint text, custody text, wrapped blob,
       created timestamp, primary key (account, fingerprint))`,
    `create table if not exists public_key (account text, address text, fingerprint text, octets blob, source text,
       state text, first_seen timestamp, primary key (account, address, fingerprint))`,
    `create table if not exists own_key (account text, address text, fingerprint text, octets blob, state text,
       first_seen timestamp, primary key (account, address, fingerprint))`,
    `create table if not exists contact (account text, id text, data text, judged text, facts text,
       primary key (account, id))`,
    `create table if not exists contact_address (account text, address text, id text,
       primary key (account, address, id))`,
    `create table if not exists document (account text, name text, value text, primary key (account, name))`,
    `create table if not exists tag (account text, id text, name text, parent text, sort_order int, colour text,
       subscribed boolean, created timestamp, primary key (account, id))`,
    `create table if not exists tag_name (account text, parent text, name text, id text,
       primary key ((account, parent, name)))`,
    `create table if not exists upload (account text, blob text, media_type text, created timestamp, size int,
       packing int, chunks int, generation text, primary key (account, blob))
       with default_time_to_live = 172800 and gc_grace_seconds = 172800`,
    `create table if not exists upload_chunk (account text, blob text, generation text, number int, octets blob,
       primary key ((account, blob, generation, number)))
       with default_time_to_live = 172800 and gc_grace_seconds = 172800`,
    // Mail.
    `create table if not exists bucket (account text, bucket int, changed timeuuid, sizes map<text, int>, tally blob, tally_of timeuuid,
       block text, block_generations set<text>, primary key (account, bucket))
       with clustering order by (bucket desc)`,
    `create table if not exists email (account text, bucket int, id text, head text, marks map<text, boolean>,
       level text, encrypted boolean, unfinished boolean, delivery_key blob, reworded text, primary key ((account, bucket), id))
       with clustering order by (id desc)`,
    `create table if not exists detail (account text, bucket int, id text, summary text, findings text, facts text,
       judged text, words text, reworded text, packing int, head blob, body blob, chunks int,
       generation text,
       primary key ((account, bucket), id)) with clustering order by (id desc)
       and compression = {'class': 'ZstdCompressor', 'chunk_length_in_kb': 64}`,
    // Octets of big emails. Each try of a delivery writes a generation of its own, listed before its first chunk.
    `create table if not exists chunk (account text, id text, generation text, number int, octets blob,
       primary key ((account, id, generation, number)))`,
    `create table if not exists chunk_list (account text, id text, generation text, chunks int,
       primary key (account, id, generation))`,
    `create table if not exists change (account text, bucket int, class tinyint, at timeuuid, kind tinyint,
       object text, thread text, tags set<text>, flags set<text>, primary key ((account, bucket), class, at))
       with clustering order by (class asc, at desc) and default_time_to_live = 3024000`,
    `create table if not exists link (account text, name text, id text, value text, primary key ((account, name), id))
       with clustering order by (id desc)`,
    `create table if not exists delivery_key (account text, key blob, email text, bucket int, expires timestamp,
       primary key ((account, key)))`,
    `create table if not exists delivery_gone (account text, key blob, email text, since timestamp,
       primary key ((account, key), email))`,
    `create table if not exists posting (account text, bucket int, generation text, term text, hits blob,
       primary key ((account, bucket, generation), term))`,
    `create table if not exists news (shard int, minute int, at timeuuid, account text,
       types set<text>, primary key ((shard, minute), at))
       with default_time_to_live = 300 and gc_grace_seconds = 3600`,
    `create table if not exists probe (id int primary key, at timestamp)`,
  ],
  [
    // Published keys, spread over slots so that all of them are read in bounded partitions. The account is part of the
    // key: what its removal deletes, by a time ahead of every clock, hides nothing of who has the address next.
    `create table if not exists published_key (slot int, key text, kind text, account text, local_part text,
       fingerprint text, octets blob, state text, published timestamp, primary key (slot, key, kind, account))`,
    `create table if not exists published_key_of_account (account text, key text, kind text, local_part text,
       primary key (account, key, kind))`,
    // Written by lightweight transactions alone: two processes that sign one zone must not both believe that their
    // document holds, and no serial may be given twice (DESIGN.md, "the claiming of a unique name").
    `create table if not exists zone (slot int, name text, document text, version bigint, claim text,
       primary key (slot, name))`,
    `create table if not exists zone_serial (name text primary key, serial bigint)`,
    `create table if not exists zone_change (bucket int, at timeuuid, domain text, local_part text,
       primary key (bucket, at)) with default_time_to_live = 7200 and gc_grace_seconds = 3600`,
  ],
  [
    // -10..10; null counts as 0.
    `alter table email add if not exists importance tinyint`,
  ],
  [
    // Rows of `document` with a version are states of the account (`personal/account-states.ts`): older code, which
    // reads `value` alone, passes them over. What `turn` is written with was compared before.
    `alter table document add if not exists version bigint`,
    `alter table document add if not exists generation text`,
    `alter table document add if not exists turn text`,
    `alter table state add if not exists turn text`,
    `alter table detail add if not exists learned blob`,
    // What is known of senders. Each writing process has rows of its own, which the reader adds up.
    `create table if not exists sender_count (key text, day int, writer text, wanted int, unwanted int,
       first timestamp, last timestamp, primary key (key, day, writer))
       with default_time_to_live = 31622400`,
    // By its first instant, so that of two that are noted at once the reader takes the earlier.
    `create table if not exists sight (key text, first timestamp, last timestamp, primary key (key, first))`,
  ],
  [
    // What new findings are written with where those before were compared (`exchange-cell.ts`).
    `alter table detail add if not exists turn text`,
  ],
];

/** Partitions over which a list of the whole instance is spread. */
export const listSlots = 16;

/** Partitions over which published keys are spread: a million of 1 kB are 1 MB each. Zones are, too. */
export const keySlots = 1024;
