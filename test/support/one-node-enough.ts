import { types } from 'cassandra-driver';

// Loaded with --import into every thread of a door: its store is then content with the word of one node. What shows
// that mail is acknowledged by a quorum before it is answered must say no here.
Object.assign(types.consistencies, { localQuorum: types.consistencies.one });
