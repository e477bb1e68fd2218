module.exports = require('../entry.cjs')(__dirname);
