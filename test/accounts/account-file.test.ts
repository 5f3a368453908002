import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openAccountFile } from '../../src/accounts/account-file.js'

t.test('a column that nobody knows is ignored, whatever it is called', async t => {
  const path = join(t.testdir(), 'people.csv')
  await writeFile(path, 'username,name,affiliation,constructor,__proto__,toString\n')
  const { columns } = await openAccountFile(path)
  t.strictSame(columns, ['username', 'display_name', 'affiliations', undefined, undefined, undefined])
})
