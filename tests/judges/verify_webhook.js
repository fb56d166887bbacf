// Verifies a delivery by the public library of Standard Webhooks. Its argument is the folder of node_modules; standard
// input is {"secret", "headers", "body" in base64}; prints what the library made of it, or fails with its reason.
"use strict";
const path = require("node:path");
const { Webhook } = require(path.join(process.argv[2], "node_modules", "standardwebhooks"));

const { secret, headers, body } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(new Webhook(secret).verify(Buffer.from(body, "base64").toString("utf8"), headers)));
