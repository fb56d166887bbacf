// Fastify giving the same bytes to everybody, from memory: node constant.js PORT FILE
'use strict'

const fs = require('node:fs')
const app = require('fastify')()

const [port, file] = process.argv.slice(2)
const document = fs.readFileSync(file)

app.get('/goals', (request, reply) => {
  reply.header('content-type', 'application/json').send(document)
})

app.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })
