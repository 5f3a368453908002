import globals from 'globals'
import neostandard from 'neostandard'

export default [
  ...neostandard({ ts: true, ignores: ['dist/**', 'data/**', '.tap/**', 'coverage/**'] }),
  { rules: { 'no-console': 'error' } },
  { files: ['scripts/**/*.js'], rules: { 'no-console': 'off' } },
  { files: ['**/*.ts'], rules: { '@typescript-eslint/no-explicit-any': 'error' } },
  { files: ['templates/assets/**/*.js', 'templates/verifier/*.js', 'test/browser/*.js'], languageOptions: { globals: globals.browser } },
]
