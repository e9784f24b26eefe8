// `zim.node` beside this file, or what ZIM_NATIVE names.
module.exports = require(process.env.ZIM_NATIVE || './zim.node');
