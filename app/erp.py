"""The ERP of an installation: which adapter the settings choose."""

from __future__ import annotations

from oms.erp.port import ErpPort
from runtime.settings import ErpAdapter, Settings


def adapter(settings: Settings) -> ErpPort:
    """The adapter of the settings; nothing is asked of the ERP yet."""
    if settings.erp_adapter is ErpAdapter.TRYTON:
        from oms.erp.adapters.tryton.erp import TrytonErp
        from oms.erp.adapters.tryton.rpc import TrytonAccess

        assert settings.erp_url
        access = TrytonAccess(
            settings.erp_url, settings.erp_database, settings.erp_user, settings.erp_password.get_secret_value(),
            settings.erp_timeout)
        return TrytonErp(access, settings.erp_units)
    from oms.erp.adapters.file import FileErp

    return FileErp(settings.erp_file or settings.data / "erp.jsonl")
