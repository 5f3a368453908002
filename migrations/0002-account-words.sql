-- The words that an account is found by: each word of the name, of the user name and of the student
-- number, folded (no case, no diacritics). `line` holds them all, a space before each word of the name and
-- a tab before each of an identifier, so that one index answers "begins with this word, has the others too"
-- in the order of the results, without a look at any other table.
create table account_words (
  word text collate "C" not null,
  line text collate "C" not null,
  account_id uuid not null references accounts on delete cascade,
  primary key (word, line, account_id)
);
create index account_words_account on account_words (account_id);

-- Every two words of a name, both ways round: among a million accounts there are thousands of Virtanens
-- and thousands of Mattis, but a search for both must not read either thousand.
create table account_word_pairs (
  word text collate "C" not null,
  other text collate "C" not null,
  line text collate "C" not null,
  account_id uuid not null references accounts on delete cascade,
  primary key (word, other, line, account_id)
);
create index account_word_pairs_account on account_word_pairs (account_id, word, other);
