import { DatabaseSync } from 'node:sqlite';

// Loaded with --import into every thread of a door: its databases then flush nothing. What shows that mail is flushed
// before it is answered must say no here.
const exec = DatabaseSync.prototype.exec;
DatabaseSync.prototype.exec = function unflushed(sql: string) {
  return exec.call(this, sql.replace('synchronous=full', 'synchronous=off'));
};
