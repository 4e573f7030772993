package dev.winnow.testing;

import dev.winnow.ports.TableStore;

final class FakeTablesTest extends TableStoreContract {
    @Override
    protected TableStore emptyStore() {
        return new FakeTables();
    }
}
