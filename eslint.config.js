import globals from 'globals'
import neostandard from 'neostandard'

// A later configuration block replaces the options of a rule instead of adding to them, so blocks repeat shared options.
const CAST_MESSAGE = 'Parse it with zod: name a schema in the route, or read the form with readForm() or readFormValues().'
const routeSyntax = [
  { selector: "TSAsExpression > MemberExpression[object.name='request'][property.name=/^(params|query|body)$/]", message: CAST_MESSAGE },
  { selector: "TSAsExpression > LogicalExpression > MemberExpression[object.name='request'][property.name=/^(params|query|body)$/]", message: CAST_MESSAGE },
  {
    selector: "CallExpression[callee.object.name='app'][callee.property.name=/^(get|post|put|patch|delete|route|all)$/][arguments.0.type!='Literal']",
    message: "Declare a route literally, app.get('/path', …), so that a search for the path finds it.",
  },
]
const routeOutsideRouteFile = {
  selector: "CallExpression[callee.object.name='app'][callee.property.name=/^(get|post|put|patch|delete|route|all)$/]",
  message: 'Declare routes in files named api.ts, pages.ts or page.ts.',
}

const LAX_PATTERN_MESSAGE = 't.match ignores missing keys and elements, and an empty object or array matches everything. Use t.strictSame, or t.matchOnlyStrict where a regular expression fits a field.'
const patternCall = 'CallExpression[callee.property.name=/^(match|notMatch|has|notHas)$/][arguments.length>1]'
const laxPattern = [
  { selector: `${patternCall}[arguments.1.type=/^(Object|Array)Expression$/]`, message: LAX_PATTERN_MESSAGE },
  { selector: `${patternCall} > :nth-child(2) ObjectExpression[properties.length=0]`, message: LAX_PATTERN_MESSAGE },
  { selector: `${patternCall} > :nth-child(2) ArrayExpression[elements.length=0]`, message: LAX_PATTERN_MESSAGE },
]

export default [
  ...neostandard({ ts: true, noJsx: true, ignores: ['dist/**', 'data/**', '.tap/**', 'coverage/**'] }),
  { rules: { 'no-console': 'error' } },
  { files: ['scripts/**/*.js'], rules: { 'no-console': 'off' } },
  { files: ['**/*.ts'], rules: { '@typescript-eslint/no-explicit-any': 'error' } },
  // A function with more than four parameters takes an options object instead.
  { files: ['src/**/*.ts'], rules: { 'max-params': ['error', 4] } },
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...routeSyntax, routeOutsideRouteFile] } },
  { files: ['src/**/{api,pages,page}.ts'], rules: { 'no-restricted-syntax': ['error', ...routeSyntax] } },
  { files: ['test/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...laxPattern] } },
  { files: ['templates/assets/**/*.js', 'templates/verifier/*.js', 'test/browser/*.js'], languageOptions: { globals: globals.browser } },
]
