-- Notes are few among steps: those that came after a slip was forgotten are looked for every night.
create index slip_steps_noted on slip_steps (slip_id) where note is not null;
