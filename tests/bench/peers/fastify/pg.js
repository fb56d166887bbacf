// Fastify answering from PostgreSQL, by the very statements of our service: node pg.js PORT SETTINGS
'use strict'

const fs = require('node:fs')
const app = require('fastify')()
const { Pool } = require('pg')

const [port, file] = process.argv.slice(2)
const { host, database, user, options, statements } = JSON.parse(fs.readFileSync(file))
const pool = new Pool({ host, database, user, options, max: 8 })

// Plan, day, now, language, inclusions: what each read is seen through; last comes what was known.
const seen = () => [null, null, new Date().toISOString(), null, null]

const run = async (name, values) => (await pool.query({ name, text: statements[name], values })).rows

const send = (reply, text) => reply.header('content-type', 'application/json').send(text)

app.get('/summary', async (request, reply) => {
  const rows = await run('summary_get', [...seen(), null])
  return send(reply, rows[0].doc + '\n')
})

const list = (name) => async (request, reply) => {
  const { limit: asked, ...filters } = request.query
  const limit = Number(asked ?? 50)
  const rows = await run(name, [...seen(), JSON.stringify(filters), null, null, limit + 1, null])
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const cursor = rows.length > limit ? Buffer.from(`${last.k1},${last.k2}`).toString('base64url') : null
  const self = request.url
  const next = cursor && `${self}${self.includes('?') ? '&' : '?'}cursor=${cursor}`
  return send(reply, `{"data":[${shown.map((row) => row.doc).join(',')}],"page":{"has_more":${cursor !== null},` +
    `"next_cursor":${JSON.stringify(cursor)}},"links":{"self":${JSON.stringify(self)},"next":${JSON.stringify(next)}}}\n`)
}

app.get('/goals', list('goals_list'))
app.get('/objectives', list('objectives_list'))
app.get('/updates', list('updates_list'))

app.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 })
