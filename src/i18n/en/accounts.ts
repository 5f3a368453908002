/** Finding an account. */
export const accounts = {
  search: {
    title: 'Find an account',
    label: 'User name, student number or name',
    hint: 'The beginning of any part is enough. Capital letters and accents do not matter. You can also scan a barcode.',
    button: 'Find',
  },
  results: {
    found_one: '{{count}} account',
    found_other: '{{count}} accounts',
    page_one: '{{count}} account on this page',
    page_other: '{{count}} accounts on this page. Type more to narrow the search.',
    before: {
      title: 'Search results appear here',
      text: 'Type a user name, a student number or part of a name, or scan a card.',
    },
    noMatch: {
      title: 'No accounts found',
      text: 'No account matches “{{q}}”. Try fewer letters, another spelling or the student number. A new account appears here after it has been imported from the directory.',
    },
    further: {
      title: 'No accounts found yet',
      text: 'Many names begin like this. Type more letters, or go to the next page.',
    },
    columns: { name: 'Name', username: 'User name', studentNumber: 'Student number', affiliation: 'Affiliation', status: 'Status' },
  },
}
