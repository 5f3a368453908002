import t from 'tap'
import { z } from 'zod'
import { describeFaults, type FormFields, readForm } from '../../src/http/forms.js'
import { checkboxListSchema, listFormValues, parseValidFields, readFormValues } from '../../src/institution/input.js'
import { translator } from '../../src/i18n/translate.js'

const say = translator('en')
const fields: FormFields = { labels: { login: 'staff.signIn.login', roles: 'staff.new.roles', sure: null } }
const schema = z.object({ login: z.string().min(1), roles: checkboxListSchema(z.enum(['agent', 'porter'])), sure: z.literal('yes', 'make-sure') })

t.test('reads a form without faults', async t => {
  t.strictSame(readForm(schema, { login: 'aino', roles: 'agent', sure: 'yes' }, fields, say), {
    ok: true, value: { login: 'aino', roles: ['agent'], sure: 'yes' }, values: { login: 'aino', roles: 'agent', sure: 'yes' },
  })
})

t.test('gives every fault to its field and to the summary, in the order of the fields', async t => {
  t.strictSame(readForm(schema, { roles: ['agent', 'king'], sure: '' }, fields, say), {
    ok: false,
    values: { sure: '' },
    errors: { login: say('fieldErrors.login.required'), roles: say('fields.not-a-choice', { choices: ['agent', 'porter'] }), sure: say('fields.make-sure') },
    summary: [
      { path: 'login', message: say('fieldErrors.login.required') },
      { path: 'roles', message: `Roles: ${say('fields.not-a-choice', { choices: ['agent', 'porter'] })}` },
      { path: 'sure', message: say('fields.make-sure') },
    ],
  })
})

t.test('keeps passwords and tokens out of the values', async t => {
  t.strictSame(readFormValues({ login: 'aino', password: 'x', passwordAgain: 'x', _csrf: 'x', roles: ['agent', 'porter'], formToken: 'y' }), { login: 'aino', formToken: 'y' })
  t.strictSame(readFormValues(undefined), {})
})

t.test('lists the values of a field that is sent several times', async t => {
  t.strictSame(listFormValues({ roles: ['agent', 'porter'] }, 'roles'), ['agent', 'porter'])
  t.strictSame(listFormValues({ roles: 'agent' }, 'roles'), ['agent'])
  t.strictSame(listFormValues({}, 'roles'), [])
  t.strictSame(listFormValues(null, 'toString'), [])
})

t.test('leaves a message out where its field has an error, and says the same sentence once', async t => {
  const { errors, summary } = describeFaults({
    errors: [{ path: 'roles.0', message: 'required' }, { path: 'roles.1', message: 'required' }],
    messages: [{ path: 'roles', message: 'A' }, { path: 'login', message: 'B' }, { path: 'login', message: 'C', needsLabel: true }, { message: 'D' }],
  }, {}, { ...fields, idOf: field => `new.${field}` }, say)
  t.strictSame(errors, { login: 'B C', roles: say('fields.required') })
  t.strictSame(summary, [{ path: 'new.login', message: 'B' }, { path: 'new.login', message: 'Login: C' }, { path: 'new.roles', message: `Roles: ${say('fields.required')}` }, { message: 'D' }])
})

t.test('parses the valid fields of an object', async t => {
  t.strictSame(parseValidFields(schema, { login: '', roles: 'porter' }), { roles: ['porter'] })
  t.strictSame(parseValidFields(schema, undefined), { roles: [] })
})
