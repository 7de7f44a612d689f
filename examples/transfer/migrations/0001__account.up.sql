CREATE TABLE IF NOT EXISTS account (
    id      integer PRIMARY KEY,
    owner   text NOT NULL,
    balance bigint NOT NULL
);

-- The balances that the example begins with, also when it runs again.
INSERT INTO account (id, owner, balance) VALUES (1, 'Ada', 100), (2, 'Grace', 100)
    ON CONFLICT (id) DO UPDATE SET balance = EXCLUDED.balance;
