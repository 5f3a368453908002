/** The auditor's page of the log. */
export const auditLog = {
  title: 'The log',
  states: {
    signed: { title: 'Signed up to now: {{size}}', text: 'So many events are in the log. Nobody can change, remove or insert one of them without the verifier naming it.' },
    heldBack: { title: 'Signed for the most part: {{size}}', text: 'Something that has begun is not finished yet, so the newest events wait for it. Open this page again in a moment.' },
    notSigned: { title: 'The log is not signed any more', text: 'The database does not continue what was signed before. Tell the administrator at once, and keep the checkpoints that you have.' },
  },
  checkpoint: 'Newest checkpoint',
  checkpointText: 'Keep it outside this system, every day if you can: a log that is cut at its end is noticed only against a checkpoint that somebody kept.',
  keys: 'Verifier key',
  keysText: 'Write it down once, where nobody here can change it. Whoever verifies needs it.',
  take: 'Take away and verify',
  takeText: 'Open the verifier in a browser, without any network, and drop the other files on it.',
  files: {
    verifier: 'checks everything, offline',
    leaves: 'every event of the log; taking it is an event itself',
    hashes: 'names the very event that is wrong',
    checkpoints: 'every checkpoint that was signed',
  },
}
