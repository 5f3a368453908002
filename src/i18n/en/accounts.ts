/** Finding an account. */
export const accounts = {
  search: {
    title: 'Find an account',
    label: 'User name, student number or name',
    hint: 'The beginning of any part is enough. Capitals and accents do not matter. A barcode scanner works too.',
    button: 'Find',
  },
  results: {
    found_one: '{{count}} account',
    found_other: '{{count}} accounts',
    page_one: '{{count}} account on this page',
    page_other: '{{count}} accounts on this page: type more to narrow them down',
    before: {
      title: 'The accounts you find come here',
      text: 'Type a user name, a student number or a part of a name, or scan a card.',
    },
    nobody: {
      title: 'Nobody found',
      text: 'No account matches “{{q}}”. Try fewer letters, another spelling or the student number. A new account appears here once it has been imported from the directory.',
    },
    further: {
      title: 'Nobody found so far',
      text: 'Very many names begin like this. Type more letters, or look further on the next page.',
    },
    columns: { name: 'Name', username: 'User name', studentNumber: 'Student number', affiliation: 'Affiliation', status: 'Status' },
  },
}
