"""The settings of an installation: read from the environment (BSS_*) and from one optional TOML file."""

import os
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.setting_values import (
    BasePath,
    CurrencyCode,
    Line,
    Lines,
    ListStatus,
    LocaleName,
    PathPrefix,
    Patience,
    Proxy,
    Seconds,
    WebAddress,
)

# The rest of the demo brand's letterhead. An IBAN with check digits 00 belongs to nobody.
DEMO_BRAND = {
    "brand_tax_number": "DE000000000",
    "brand_bank_account": "DE00000000000000000000",
    "brand_website": "wrenfield.example",
    "brand_email": "help@wrenfield.example",
}

# What stands before :// in the address of a database that the suite runs on.
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg", "postgres")


def settings_file() -> Path:
    """Return the path of the settings file: $BSS_CONFIG, else bss.toml in the working directory."""
    return Path(os.environ.get("BSS_CONFIG", "bss.toml"))


class Settings(BaseSettings):
    """All settings, each with its default; environment (BSS_<NAME>) wins over file, arguments over both.

    Lists and mappings are written as JSON in the environment. An unknown key in the file, or a value
    that is out of range, raises `pydantic.ValidationError`, which names it.
    """

    model_config = SettingsConfigDict(env_prefix="BSS_", extra="forbid", frozen=True)

    # Database
    database_url: str = Field(
        "sqlite:///bss.db",
        description="Database: `sqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`.",
    )
    database_pool_size: int = Field(
        10, ge=1, le=1000, description="Connections that one process keeps open to the database."
    )
    database_busy_timeout: Patience = Field(
        30.0, description="Seconds that a transaction waits for a lock; then the request gets 503."
    )
    exchange_folder: Path = Field(
        Path("exchange"),
        description="Folder of import and export jobs; a `file:` URL outside of it is refused.",
    )
    max_import_bytes: int = Field(
        1_073_741_824, ge=1024, le=2**40, description="Most that an import file may hold once it is unpacked, in bytes."
    )

    # Serving
    tenant: Line = Field("default", min_length=1, max_length=64, description="Brand that requests speak for.")
    host: Line = Field("127.0.0.1", description="Address to listen on; loopback, as there is no authentication yet.")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=1000, description="Server processes that share the port.")
    threads: int = Field(
        4,
        ge=1,
        le=1000,
        description="Requests that change data at the same time in one server process; on SQLite always one.",
    )
    public_url: WebAddress | None = Field(
        None,
        description="Scheme and host that callers see (`https://api.brand.example`), else the request's own.",
    )
    path_prefix: PathPrefix = Field(
        "", description="Path in front of everything when a gateway puts the suite below one (`/my-release`)."
    )
    trusted_proxies: list[Proxy] = Field(
        ["127.0.0.1"],
        description="Addresses or networks of proxies whose `X-Forwarded-*` headers are believed; `*` is everybody.",
    )
    further_base_paths: dict[str, list[BasePath]] = Field(
        {
            "tmf622": ["/tmf-api/productOrdering"],
            "tmf629": ["/tmf-api/customer"],
            "tmf678": ["/tmf-api/customerBill"],
        },
        description="More base paths per API, without the version: the same API answers there too.",
    )

    # What requests may do
    judge: Literal["after", "before"] = Field(
        "after",
        description="`after`: orders, usage, on-demand bills are captured, then judged (201, `rejected`); "
        "`before`: a rule that forbids them answers 409.",
    )
    rate_on_receipt: bool = Field(
        True, description="Rate usage as it comes in; `false` leaves it to `bss rate` (with `judge = after`)."
    )
    usage_ahead: Seconds = Field(
        86_400.0,
        description="Seconds by which a usage may be ahead of our clock (clocks and time zones differ); "
        "one of a later time is `rejected`, and can be recycled once that has come.",
    )
    references: Literal["lenient", "strict"] = Field(
        "lenient",
        description="`strict` refuses catalog and customer data that refers to what isn't there (409); "
        "`lenient` keeps the reference.",
    )
    unknown_filters: Literal["refuse", "accept"] = Field(
        "refuse",
        description="A query attribute that no schema knows: `refuse` answers 400, `accept` filters by it.",
    )
    max_body_bytes: int = Field(
        1_048_576, ge=1024, le=2**30, description="Largest request body, in bytes; more answers 413."
    )
    idempotency_lifetime: Seconds = Field(
        86_400.0,
        description="Seconds for which a POST repeated under its `Idempotency-Key` gets its first reply.",
    )
    default_limit: int = Field(
        100, ge=1, le=1_000_000, description="Items in a list when the request names no `limit`."
    )
    max_limit: int = Field(
        1000, ge=1, le=1_000_000, description="Most items that one list request gets, whatever its `limit`."
    )
    count_limit: int = Field(
        10_000,
        ge=1,
        le=1_000_000_000,
        description="How far a list counts; beyond it `X-Total-Count` is a lower bound and "
        "`X-Total-Count-Relation: gte` says so.",
    )
    scan_limit: int = Field(
        25_000,
        ge=1,
        le=1_000_000_000,
        description="Most resources that a list looks at where no index has the answer; one that would need more "
        "answers 400.",
    )
    partial_status: ListStatus = Field(
        200, description="Status of a list that is not all there is: 200, as the documents have it, or 206."
    )

    # Tasks, such as fulfilling orders
    task_lease: Seconds = Field(60.0, description="Seconds after which a task of a dead process is claimed by another.")

    # Notifications
    relay_in_server: bool = Field(True, description="Deliver notifications from the server process itself.")
    relay_interval: Patience = Field(
        1.0, description="Seconds between two looks for what other processes have to deliver."
    )
    relay_timeout: Patience = Field(10.0, description="Seconds that a subscriber has to answer.")
    relay_batch: int = Field(100, ge=1, le=10_000, description="Events claimed at a time.")
    relay_lease: Seconds = Field(60.0, description="Seconds after which a claim of a dead process is free again.")
    relay_backoff: Seconds = Field(1.0, description="Seconds before the first retry; doubles with every attempt.")
    relay_backoff_limit: Seconds = Field(900.0, description="Longest wait between two attempts, in seconds.")
    relay_park_after: Seconds = Field(
        259_200.0, description="Seconds for which a delivery is owed, and its resource fails, before it is parked."
    )
    event_retention: Seconds = Field(
        2_592_000.0,
        description="Seconds for which events are kept to be read and replayed; what is still to be delivered stays.",
    )
    received_retention: Seconds = Field(
        2_592_000.0,
        description="Seconds for which notifications of other systems are kept; one that comes again is kept once.",
    )
    callback_networks: list[IPv4Network | IPv6Network] = Field(
        [],
        description="Networks (`10.20.0.0/16`) to which notifications may go though they aren't public; loopback is "
        "among them while the server listens there and has no `public_url`.",
    )

    # Money
    currency: CurrencyCode = Field("EUR", description="ISO 4217 code of the brand's own currency.")
    tax_category: Line = Field("VAT", min_length=1, description="Tax category where a price names none.")
    tax_rate: Decimal = Field(
        Decimal(19), ge=0, le=1000, decimal_places=6, description="Tax rate in percent where a price names none."
    )
    payment_due_days: int = Field(14, ge=0, le=3650, description="Days from the bill date to the payment due date.")
    bill_number_prefix: Line = Field("", description="What stands before the running number of a bill.")

    # Brand, as printed on its bills
    brand_name: Line = Field(
        "Wrenfield Mobile",
        min_length=1,
        description="Name of the brand on its bills. Unset, it is that of the demo,"
        " and so is what is printed beside it.",
    )
    brand_address: Lines = Field(
        "1 Example Street\n10000 Example Town",
        description="Postal address of the brand, lines apart by newline.",
    )
    brand_tax_number: Line = Field("", description="Tax registration number printed on bills.")
    brand_bank_account: Line = Field("", description="Bank account (IBAN) that bills ask to pay to.")
    brand_website: Line = Field("", description="Web site printed on bills.")
    brand_email: Line = Field("", description="Address for questions printed on bills.")
    brand_color: str = Field("#0b5cad", pattern="^#[0-9a-fA-F]{6}$", description="Accent colour of bills.")
    brand_locale: LocaleName = Field("en", description="Locale in which bills write dates and amounts (`en`, `de_DE`).")

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`json`: an object a line; `console`: to read; `auto`: whether it is a terminal."
    )

    @field_validator("database_url")
    @classmethod
    def refuse_other_databases(cls, address: str) -> str:
        """Refuse an address that is none, of a database that isn't supported, or of one in memory only."""
        right = "write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            raise ValueError(f"is no address of a database; {right}") from None
        if url.drivername not in DRIVERS:
            raise ValueError(f"{url.drivername} is no database that the suite runs on; {right}")
        if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
            raise ValueError(f"names no file, and each connection would have a database of its own; {right}")
        return address

    @model_validator(mode="before")
    @classmethod
    def complete_the_demo_brand(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Complete the letterhead of the demo brand; a brand with a name of its own gets none of it."""
        return given if "brand_name" in given else DEMO_BRAND | given

    @model_validator(mode="after")
    def refuse_default_limit_above_the_maximum(self) -> Self:
        """Refuse settings in which the default page is larger than the largest page."""
        if self.default_limit > self.max_limit:
            raise ValueError(f"default_limit ({self.default_limit}) is above max_limit ({self.max_limit})")
        return self

    @property
    def listens_on_loopback(self) -> bool:
        """Tell whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, file."""
        file = settings_file()
        if "BSS_CONFIG" in os.environ and not file.is_file():
            raise FileNotFoundError(f"BSS_CONFIG names {file}, which is not a file")
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file))
