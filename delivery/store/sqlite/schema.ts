import { DeliveryError } from '../../errors.ts';
import type { Database } from './database.ts';

/**
 * Schemas as numbered, additive steps. A step, once released, never changes, and older code goes on with a file that
 * newer code has stepped. What a step adds older code does not keep up to date: a later count or list is kept by
 * triggers, or it is wrong as long as both run.
 */
export const directorySteps: readonly string[] = [
  `
  create table meta(name text primary key, value) without rowid;
  create table tenant(id text primary key, name text not null, parent text, max_accounts integer) without rowid;
  create table domain(name text primary key, tenant text not null, catch_all text, created integer not null)
    without rowid;
  create index domain_tenant on domain(tenant);
  create table account(
    number integer primary key autoincrement, id text not null unique, tenant text not null, domain text not null,
    address text not null, display_name text, custody text not null, quota integer, state text not null,
    hash_salt blob not null, created integer not null, password_hash text, second_factor integer not null default 0);
  create index account_domain on account(domain, number);
  create index account_tenant on account(tenant);
  create index account_removing on account(number) where state = 'removing';
  create table address(
    key text primary key, address text not null, domain text not null, account integer not null, kind text not null)
    without rowid;
  create index address_account on address(account);
  create index address_domain on address(domain);
  create table role(account integer, role text, scope text, primary key(account, role, scope)) without rowid;
  create table secret(
    kind text, hash blob, id text not null, account integer not null, label text, created integer not null,
    expires integer, last_used integer, data text, primary key(kind, hash)) without rowid;
  create index secret_account on secret(account, kind, id);
  create index secret_expires on secret(expires) where expires is not null;
  create table state(name text primary key, octets blob not null);
  insert into tenant(id, name) values ('Instance', 'instance');
  `,
  // Published keys and zones. Triggers take keys away with their addresses and write the log of changes, so that a
  // process of any version does; the log's times are SQLite's, because no caller gives one to a trigger.
  `
  create table published_key(
    id integer primary key autoincrement, key text not null, kind text not null, account integer not null,
    domain text not null, local_part text not null, fingerprint text not null, octets blob not null,
    state text not null, published integer not null, unique(key, kind));
  create index published_key_account on published_key(account);
  create index published_key_domain on published_key(domain);
  create table zone(name text primary key, document text not null, version integer not null) without rowid;
  create table zone_serial(name text primary key, serial integer not null) without rowid;
  create table zone_change(
    seq integer primary key autoincrement, at integer not null default (unixepoch()), domain text not null,
    local_part text);
  create trigger zone_change_comes after insert on zone_change
    begin delete from zone_change where seq <= new.seq - 100000; end;
  create trigger published_key_comes after insert on published_key
    begin insert into zone_change(domain, local_part) values (new.domain, new.local_part); end;
  create trigger published_key_changes after update on published_key begin
    insert into zone_change(domain, local_part) select old.domain, old.local_part where old.local_part <> new.local_part;
    insert into zone_change(domain, local_part) values (new.domain, new.local_part);
  end;
  create trigger published_key_goes after delete on published_key
    begin insert into zone_change(domain, local_part) values (old.domain, old.local_part); end;
  create trigger published_key_of_address after delete on address
    begin delete from published_key where key = old.key; end;
  create trigger published_key_of_account after update of state on account when new.state = 'removing'
    begin delete from published_key where account = new.number; end;
  create trigger zone_comes after insert on zone
    begin insert into zone_change(domain) values (new.name); end;
  create trigger zone_changes after update on zone
    begin insert into zone_change(domain) values (new.name); end;
  create trigger zone_goes after delete on zone
    begin insert into zone_change(domain) values (old.name); end;
  create trigger zone_domain_comes after insert on domain
    begin insert into zone_change(domain) values (new.name); end;
  create trigger zone_domain_goes after delete on domain
    begin insert into zone_change(domain) values (old.name); end;
  `,
  // Versions of the instance's documents, which triggers count, so that a put by a process of any version does. What
  // is known of senders: counts by day, and first and last sights.
  `
  create table state_version(name text primary key, version integer not null) without rowid;
  insert into state_version(name, version) select name, 1 from state;
  create trigger state_comes after insert on state begin
    update state_version set version = version + 1 where name = new.name;
    insert into state_version(name, version) select new.name, 1
      where not exists (select 1 from state_version where name = new.name);
  end;
  create trigger state_changes after update on state
    begin update state_version set version = version + 1 where name = new.name; end;
  create table sender_count(
    key text, day integer, wanted integer not null, unwanted integer not null, first integer not null,
    last integer not null, primary key(key, day)) without rowid;
  create index sender_count_day on sender_count(day);
  create table sight(key text primary key, first integer not null, last integer not null, until integer not null)
    without rowid;
  create index sight_until on sight(until);
  `,
];

/** `account` is the account's number in the directory; a rowid is account * 2^33 + a sequence of the account. */
export const shardSteps: readonly string[] = [
  `
  create table account(
    number integer primary key, seq integer not null default 0, floor integer not null default 0,
    email_state integer not null default 0, mailbox_state integer not null default 0,
    thread_state integer not null default 0, delivery_state integer not null default 0,
    contact_state integer not null default 0, settings_state integer not null default 0,
    used integer not null default 0, uploaded integer not null default 0, emails integer not null default 0,
    sealed integer not null default 0, next_tag integer not null default 1, audit_seq integer not null default 0);
  create table document(account integer, name text, value text not null, primary key(account, name)) without rowid;
  create table tag(
    account integer, number integer, id text not null, name text not null, role text, parent integer not null,
    sort_order integer not null, colour text, subscribed integer not null,
    emails integer not null default 0, unread integer not null default 0, threads integer not null default 0,
    unread_threads integer not null default 0, created_seq integer not null, properties_seq integer not null,
    counts_seq integer not null, primary key(account, number)) without rowid;
  create unique index tag_id on tag(account, id);
  create unique index tag_name on tag(account, parent, name);
  create table tag_gone(account integer, seq integer, id text not null, created_seq integer not null,
    primary key(account, seq)) without rowid;
  create table email(
    account integer, place integer, tail text not null, seq integer not null, thread blob not null,
    discussion text not null, message_key integer, received_at integer not null, sent_at integer not null,
    size integer not null, seen integer not null, unread integer not null, sealed integer not null,
    attachment integer not null, encrypted integer not null, unfinished integer not null, level text,
    tags text not null, keywords text not null, subject text not null, originator text not null,
    destination text not null, primary key(account, place)) without rowid;
  create index email_thread on email(account, thread, place);
  create index email_discussion on email(account, discussion, place);
  create index email_message on email(account, message_key) where message_key is not null;
  create index email_unseen on email(account, place) where seen = 0;
  create index email_unfinished on email(account, place) where unfinished = 1;
  create table email_tag(account integer, tag integer, place integer, seen integer not null,
    primary key(account, tag, place)) without rowid;
  create index email_tag_unseen on email_tag(account, tag, place) where seen = 0;
  create table email_keyword(account integer, keyword text, place integer, primary key(account, keyword, place))
    without rowid;
  create table detail(id integer primary key, data not null);
  create table content(id integer primary key, packing integer not null, head blob not null, body blob not null);
  create table thread(
    account integer, thread blob, emails integer not null, unread integer not null, unread_trash integer not null,
    tags text not null, primary key(account, thread)) without rowid;
  create table discussion(
    account integer, key text, participants text not null, last_place integer not null, emails integer not null,
    unread integer not null, primary key(account, key)) without rowid;
  create index discussion_last on discussion(account, last_place);
  create index discussion_unread on discussion(account, last_place) where unread > 0;
  create table delivery_key(account integer, key blob, email text not null, expires integer not null,
    primary key(account, key)) without rowid;
  create table change(
    id integer primary key, at integer not null, type integer not null, kind integer not null, object text not null,
    flags integer not null, thread text, thread_kind integer);
  create table upload(
    id integer primary key, account integer not null, blob text not null, media_type text not null,
    created integer not null, size integer not null, packing integer not null, octets blob not null);
  create unique index upload_blob on upload(account, blob);
  create index upload_created on upload(account, created);
  create table private_key(account integer, fingerprint text, custody text not null, wrapped blob not null,
    created integer not null, primary key(account, fingerprint)) without rowid;
  create table public_key(
    account integer, address text, fingerprint text, octets blob not null, source text not null, state text not null,
    first_seen integer not null, primary key(account, address, fingerprint)) without rowid;
  create table contact(account integer, id text, data text not null, primary key(account, id)) without rowid;
  create table contact_address(account integer, address text, id text, primary key(account, address, id))
    without rowid;
  create index contact_address_id on contact_address(account, id);
  create table audit(id integer primary key, at integer not null, actor text not null, action text not null,
    detail text not null);
  create table probe(id integer primary key, at integer not null);
  `,
  // Emails of each tag by month of their places (`monthOf`); tag 0 is all mail.
  `
  create table tag_month(account integer, tag integer, month integer, emails integer not null,
    primary key(account, tag, month)) without rowid;
  insert into tag_month select account, tag, place >> 42, count(*) from email_tag group by 1, 2, 3;
  insert into tag_month select account, 0, place >> 42, count(*) from email group by 1, 3;
  `,
  // From here on triggers count by month, so that a process of any version does. What one tells that still counts by
  // itself (its rows leave `counted` out) is passed over.
  `
  alter table tag_month add column counted integer;
  delete from tag_month;
  insert into tag_month select account, tag, place >> 42, count(*), 1 from email_tag group by 1, 2, 3;
  insert into tag_month select account, 0, place >> 42, count(*), 1 from email group by 1, 3;
  create trigger tag_month_told before insert on tag_month when new.counted is null
    begin select raise(ignore); end;
  create trigger email_comes after insert on email begin
    insert into tag_month(account, tag, month, emails, counted) values (new.account, 0, new.place >> 42, 1, 1)
      on conflict do update set emails = emails + 1;
  end;
  create trigger email_tag_comes after insert on email_tag begin
    insert into tag_month(account, tag, month, emails, counted)
      values (new.account, new.tag, new.place >> 42, 1, 1)
      on conflict do update set emails = emails + 1;
  end;
  create trigger email_goes after delete on email begin
    update tag_month set emails = emails - 1
      where account = old.account and tag = 0 and month = old.place >> 42;
    delete from tag_month where account = old.account and tag = 0 and month = old.place >> 42 and emails <= 0;
  end;
  create trigger email_tag_goes after delete on email_tag begin
    update tag_month set emails = emails - 1
      where account = old.account and tag = old.tag and month = old.place >> 42;
    delete from tag_month
      where account = old.account and tag = old.tag and month = old.place >> 42 and emails <= 0;
  end;
  `,
  // Lists of discussions: of each tag, by the newest email that stands in it; of each participant. Triggers keep them,
  // so that a process of any version does. Importance is null, which counts as 0, for what was kept before.
  `
  alter table email add column importance integer;
  create table discussion_tag(account integer, tag integer, discussion text, place integer not null,
    primary key(account, tag, discussion)) without rowid;
  insert into discussion_tag select t.account, t.tag, e.discussion, max(t.place)
    from email_tag t join email e on e.account = t.account and e.place = t.place group by 1, 2, 3;
  create index discussion_tag_place on discussion_tag(account, tag, place);
  create trigger discussion_tag_comes after insert on email_tag begin
    insert into discussion_tag select new.account, new.tag, discussion, new.place from email
      where account = new.account and place = new.place
      on conflict do update set place = max(place, excluded.place);
  end;
  create trigger discussion_tag_goes after delete on email_tag
    when exists (select 1 from discussion_tag where account = old.account and tag = old.tag and place = old.place)
  begin
    delete from discussion_tag where account = old.account and tag = old.tag and place = old.place;
    insert or ignore into discussion_tag
      select old.account, old.tag, e.discussion, e.place from email e indexed by email_discussion
      where e.account = old.account and e.place < old.place
        and e.discussion = (select discussion from email where account = old.account and place = old.place)
        and exists (select 1 from email_tag t where t.account = e.account and t.tag = old.tag and t.place = e.place)
      order by e.place desc limit 1;
  end;
  create table discussion_participant(account integer, participant text, discussion text,
    primary key(account, participant, discussion)) without rowid;
  insert or ignore into discussion_participant select d.account, j.value, d.key
    from discussion d cross join json_each(d.participants) j;
  create trigger discussion_participant_comes after insert on discussion begin
    insert or ignore into discussion_participant
      select new.account, value, new.key from json_each(new.participants);
  end;
  create trigger discussion_participant_goes after delete on discussion begin
    delete from discussion_participant where account = old.account and discussion = old.key
      and participant in (select value from json_each(old.participants));
  end;
  `,
  // States of an account, and what of an email was learned: it goes with the email's detail, by a trigger, so that a
  // process of any version does it.
  `
  alter table account add column state_version integer;
  create table account_state(account integer not null, name text not null, version integer not null,
    octets blob not null);
  create unique index account_state_name on account_state(account, name);
  create table learned(id integer primary key, octets blob not null);
  create trigger learned_goes after delete on detail begin delete from learned where id = old.id; end;
  `,
];

/** Additive steps leave room for older code; a change that does not would begin a new generation. */
const generation = 1;
const stepsPerGeneration = 1000;

/**
 * Brings a file up to date. `user_version` is generation * 1000 + steps. More steps than this code knows are fine,
 * because steps only add; a newer generation throws `storeUnavailable`, so that nothing is written into a layout
 * that is not understood.
 */
export function migrate(database: Database, steps: readonly string[], file: string): void {
  const target = generation * stepsPerGeneration + steps.length;
  const known = version(database);
  if (known >= (generation + 1) * stepsPerGeneration) {
    throw new DeliveryError(
      'storeUnavailable',
      `${file} has schema version ${known}, this version of Caliopen knows up to ${target}; use a newer one`,
    );
  }
  if (known >= target) return;
  database.write(() => {
    // Another process, a newer one perhaps, may have stepped while this one waited for the lock.
    const done = Math.max(0, version(database) - generation * stepsPerGeneration);
    for (const step of steps.slice(done)) database.exec(step);
    if (done < steps.length) database.exec(`pragma user_version=${target}`);
  });
}

function version(database: Database): number {
  return database.get<{ user_version: number }>('pragma user_version')?.user_version ?? 0;
}
