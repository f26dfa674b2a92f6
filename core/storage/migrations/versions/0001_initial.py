"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.storage.types import Amount, Instant, Word

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_agreed_price()
    _create_allowance_use()
    _create_applied_customer_billing_rate()
    _create_bill_cycle()
    _create_bill_document()
    _create_bill_item()
    _create_bill_particulars()
    _create_bill_progress()
    _create_billing_account()
    _create_cancel_product_order()
    _create_category()
    _create_customer()
    _create_customer_bill()
    _create_customer_bill_on_demand()
    _create_export_job()
    _create_extension_schema()
    _create_idempotency_key()
    _create_import_job()
    _create_import_progress()
    _create_number_series()
    _create_outbox()
    _create_posted_event()
    _create_price_version()
    _create_product()
    _create_product_catalog()
    _create_product_identifier()
    _create_product_offering()
    _create_product_offering_price()
    _create_product_order()
    _create_product_price()
    _create_product_specification()
    _create_rated_usage()
    _create_received_notification()
    _create_subscription()
    _create_task()
    _create_topic()
    _create_usage()
    _create_usage_record()
    _create_usage_specification()
    _create_delivery()


def downgrade() -> None:
    op.drop_table("delivery")
    op.drop_table("usage_specification")
    op.drop_table("usage_record")
    op.drop_table("usage")
    op.drop_table("topic")
    op.drop_table("task")
    op.drop_table("subscription")
    op.drop_table("received_notification")
    op.drop_table("rated_usage")
    op.drop_table("product_specification")
    op.drop_table("product_price")
    op.drop_table("product_order")
    op.drop_table("product_offering_price")
    op.drop_table("product_offering")
    op.drop_table("product_identifier")
    op.drop_table("product_catalog")
    op.drop_table("product")
    op.drop_table("price_version")
    op.drop_table("posted_event")
    op.drop_table("outbox")
    op.drop_table("number_series")
    op.drop_table("import_progress")
    op.drop_table("import_job")
    op.drop_table("idempotency_key")
    op.drop_table("extension_schema")
    op.drop_table("export_job")
    op.drop_table("customer_bill_on_demand")
    op.drop_table("customer_bill")
    op.drop_table("customer")
    op.drop_table("category")
    op.drop_table("cancel_product_order")
    op.drop_table("billing_account")
    op.drop_table("bill_progress")
    op.drop_table("bill_particulars")
    op.drop_table("bill_item")
    op.drop_table("bill_document")
    op.drop_table("bill_cycle")
    op.drop_table("applied_customer_billing_rate")
    op.drop_table("allowance_use")
    op.drop_table("agreed_price")


def _create_agreed_price() -> None:
    op.create_table(
        "agreed_price",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "order_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant", "order_id", "product_id", "price_id", name=op.f("pk_agreed_price")),
    )


def _create_allowance_use() -> None:
    op.create_table(
        "allowance_use",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("period_start", Instant(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "product_id", "price_id", "period_start", name=op.f("pk_allowance_use")),
    )


def _create_applied_customer_billing_rate() -> None:
    op.create_table(
        "applied_customer_billing_rate",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("bill_id", Word(), nullable=True),
        sa.Column("billing_account_id", Word(), nullable=True),
        sa.Column("product_id", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_applied_customer_billing_rate")),
    )
    op.create_index(
        "ix_applied_customer_billing_rate_bill_id",
        "applied_customer_billing_rate",
        ["tenant", "bill_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_applied_customer_billing_rate_billing_account_id",
        "applied_customer_billing_rate",
        ["tenant", "billing_account_id", "id"],
        unique=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_applied_customer_billing_rate_document",
            "applied_customer_billing_rate",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_applied_customer_billing_rate_product_id",
        "applied_customer_billing_rate",
        ["tenant", "product_id", "id"],
        unique=False,
    )


def _create_bill_cycle() -> None:
    op.create_table(
        "bill_cycle",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_bill_cycle")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_bill_cycle_document",
            "bill_cycle",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )


def _create_bill_document() -> None:
    op.create_table(
        "bill_document",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "bill_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("printed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "bill_id", name=op.f("pk_bill_document")),
    )


def _create_bill_item() -> None:
    op.create_table(
        "bill_item",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "base_price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("period_start", Instant(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "bill_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "billing_account_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("covered_from", Instant(), nullable=False),
        sa.Column("covered_to", Instant(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column(
            "taxes",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("billed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant",
            "product_id",
            "price_id",
            "revision",
            "base_price_id",
            "base_revision",
            "kind",
            "period_start",
            "sequence",
            name=op.f("pk_bill_item"),
        ),
    )
    op.create_index("ix_bill_item_bill", "bill_item", ["tenant", "bill_id"], unique=False)


def _create_bill_particulars() -> None:
    op.create_table(
        "bill_particulars",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "bill_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "brand",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "recipient",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "products",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant", "bill_id", name=op.f("pk_bill_particulars")),
    )


def _create_bill_progress() -> None:
    op.create_table(
        "bill_progress",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "billing_account_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("billed_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "billing_account_id", name=op.f("pk_bill_progress")),
    )


def _create_billing_account() -> None:
    op.create_table(
        "billing_account",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("customer_id", Word(), nullable=True),
        sa.Column("state", Word(), nullable=True),
        sa.Column("cycle_day", Amount(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_billing_account")),
    )
    op.create_index("ix_billing_account_customer_id", "billing_account", ["tenant", "customer_id", "id"], unique=False)
    op.create_index("ix_billing_account_cycle_day", "billing_account", ["tenant", "cycle_day", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_billing_account_document",
            "billing_account",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_billing_account_state", "billing_account", ["tenant", "state", "id"], unique=False)


def _create_cancel_product_order() -> None:
    op.create_table(
        "cancel_product_order",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("state", Word(), nullable=True),
        sa.Column("product_order_id", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_cancel_product_order")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_cancel_product_order_document",
            "cancel_product_order",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_cancel_product_order_product_order_id",
        "cancel_product_order",
        ["tenant", "product_order_id", "id"],
        unique=False,
    )
    op.create_index("ix_cancel_product_order_state", "cancel_product_order", ["tenant", "state", "id"], unique=False)


def _create_category() -> None:
    op.create_table(
        "category",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.Column("lifecycle_status", Word(), nullable=True),
        sa.Column("parent_id", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_category")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_category_document",
            "category",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_category_lifecycle_status", "category", ["tenant", "lifecycle_status", "id"], unique=False)
    op.create_index("ix_category_name", "category", ["tenant", "name", "id"], unique=False)
    op.create_index("ix_category_parent_id", "category", ["tenant", "parent_id", "id"], unique=False)


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.Column("status", Word(), nullable=True),
        sa.Column("engaged_party_id", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_customer_document",
            "customer",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_customer_engaged_party_id", "customer", ["tenant", "engaged_party_id", "id"], unique=False)
    op.create_index("ix_customer_name", "customer", ["tenant", "name", "id"], unique=False)
    op.create_index("ix_customer_status", "customer", ["tenant", "status", "id"], unique=False)


def _create_customer_bill() -> None:
    op.create_table(
        "customer_bill",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("bill_number", Word(), nullable=True),
        sa.Column("billing_account_id", Word(), nullable=True),
        sa.Column("state", Word(), nullable=True),
        sa.Column("bill_date", Instant(), nullable=True),
        sa.Column("run_key", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_bill")),
    )
    op.create_index("ix_customer_bill_bill_date", "customer_bill", ["tenant", "bill_date", "id"], unique=False)
    op.create_index(
        "ix_customer_bill_billing_account_id", "customer_bill", ["tenant", "billing_account_id", "id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_customer_bill_document",
            "customer_bill",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_customer_bill_state", "customer_bill", ["tenant", "state", "id"], unique=False)
    op.create_index("uq_customer_bill_bill_number", "customer_bill", ["tenant", "bill_number"], unique=True)
    op.create_index("uq_customer_bill_run_key", "customer_bill", ["tenant", "run_key"], unique=True)


def _create_customer_bill_on_demand() -> None:
    op.create_table(
        "customer_bill_on_demand",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("billing_account_id", Word(), nullable=True),
        sa.Column("state", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_bill_on_demand")),
    )
    op.create_index(
        "ix_customer_bill_on_demand_billing_account_id",
        "customer_bill_on_demand",
        ["tenant", "billing_account_id", "id"],
        unique=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_customer_bill_on_demand_document",
            "customer_bill_on_demand",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_customer_bill_on_demand_state", "customer_bill_on_demand", ["tenant", "state", "id"], unique=False
    )


def _create_export_job() -> None:
    op.create_table(
        "export_job",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_export_job")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_export_job_document",
            "export_job",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )


def _create_extension_schema() -> None:
    op.create_table(
        "extension_schema",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "name",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "base_type",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_extension_schema")),
    )


def _create_idempotency_key() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.String(length=128), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "operation", "actor", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_expires_at", "idempotency_key", ["expires_at"], unique=False)


def _create_import_job() -> None:
    op.create_table(
        "import_job",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_import_job")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_import_job_document",
            "import_job",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )


def _create_import_progress() -> None:
    op.create_table(
        "import_progress",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "job_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "errors",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant", "job_id", name=op.f("pk_import_progress")),
    )


def _create_number_series() -> None:
    op.create_table(
        "number_series",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_number_series")),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column(
            "entity_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("entity_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "payload",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "changed",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=True,
        ),
        sa.Column("distributed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_kind", "outbox", ["tenant", "entity", "kind", "position"], unique=False)
    op.create_index("ix_outbox_occurred", "outbox", ["tenant", "occurred_at"], unique=False)
    op.create_index("ix_outbox_position", "outbox", ["position"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["position"],
        unique=False,
        sqlite_where=sa.text("distributed_at IS NULL"),
        postgresql_where=sa.text("distributed_at IS NULL"),
    )


def _create_posted_event() -> None:
    op.create_table(
        "posted_event",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("topic_id", Word(), nullable=True),
        sa.Column("event_type", Word(), nullable=True),
        sa.Column("event_time", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_posted_event")),
    )
    op.create_index("ix_posted_event_created_at", "posted_event", ["created_at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_posted_event_document",
            "posted_event",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_posted_event_event_time", "posted_event", ["tenant", "event_time", "id"], unique=False)
    op.create_index("ix_posted_event_event_type", "posted_event", ["tenant", "event_type", "id"], unique=False)
    op.create_index("ix_posted_event_topic_id", "posted_event", ["tenant", "topic_id", "id"], unique=False)


def _create_price_version() -> None:
    op.create_table(
        "price_version",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "price_id", "revision", name=op.f("pk_price_version")),
    )


def _create_product() -> None:
    op.create_table(
        "product",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("status", Word(), nullable=True),
        sa.Column("customer_id", Word(), nullable=True),
        sa.Column("offering_id", Word(), nullable=True),
        sa.Column("specification_id", Word(), nullable=True),
        sa.Column("billing_account_id", Word(), nullable=True),
        sa.Column("parent_id", Word(), nullable=True),
        sa.Column("start_date", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product")),
    )
    op.create_index("ix_product_billing_account_id", "product", ["tenant", "billing_account_id", "id"], unique=False)
    op.create_index("ix_product_customer_id", "product", ["tenant", "customer_id", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_product_document",
            "product",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_product_offering_id", "product", ["tenant", "offering_id", "id"], unique=False)
    op.create_index("ix_product_parent_id", "product", ["tenant", "parent_id", "id"], unique=False)
    op.create_index("ix_product_specification_id", "product", ["tenant", "specification_id", "id"], unique=False)
    op.create_index("ix_product_start_date", "product", ["tenant", "start_date", "id"], unique=False)
    op.create_index("ix_product_status", "product", ["tenant", "status", "id"], unique=False)


def _create_product_catalog() -> None:
    op.create_table(
        "product_catalog",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.Column("lifecycle_status", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product_catalog")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_product_catalog_document",
            "product_catalog",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_product_catalog_lifecycle_status", "product_catalog", ["tenant", "lifecycle_status", "id"], unique=False
    )
    op.create_index("ix_product_catalog_name", "product_catalog", ["tenant", "name", "id"], unique=False)


def _create_product_identifier() -> None:
    op.create_table(
        "product_identifier",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column(
            "product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("valid_from", Instant(), nullable=True),
        sa.Column("valid_to", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product_identifier")),
    )
    op.create_index("ix_product_identifier_product_id", "product_identifier", ["tenant", "product_id"], unique=False)
    op.create_index("ix_product_identifier_value", "product_identifier", ["tenant", "value", "kind"], unique=False)
    op.create_index(
        "uq_product_identifier_owner",
        "product_identifier",
        ["tenant", "kind", "value"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )


def _create_product_offering() -> None:
    op.create_table(
        "product_offering",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.Column("lifecycle_status", Word(), nullable=True),
        sa.Column("specification_id", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product_offering")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_product_offering_document",
            "product_offering",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_product_offering_lifecycle_status", "product_offering", ["tenant", "lifecycle_status", "id"], unique=False
    )
    op.create_index("ix_product_offering_name", "product_offering", ["tenant", "name", "id"], unique=False)
    op.create_index(
        "ix_product_offering_specification_id", "product_offering", ["tenant", "specification_id", "id"], unique=False
    )


def _create_product_offering_price() -> None:
    op.create_table(
        "product_offering_price",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.Column("lifecycle_status", Word(), nullable=True),
        sa.Column("price_type", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product_offering_price")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_product_offering_price_document",
            "product_offering_price",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_product_offering_price_lifecycle_status",
        "product_offering_price",
        ["tenant", "lifecycle_status", "id"],
        unique=False,
    )
    op.create_index("ix_product_offering_price_name", "product_offering_price", ["tenant", "name", "id"], unique=False)
    op.create_index(
        "ix_product_offering_price_price_type", "product_offering_price", ["tenant", "price_type", "id"], unique=False
    )


def _create_product_order() -> None:
    op.create_table(
        "product_order",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("state", Word(), nullable=True),
        sa.Column("customer_id", Word(), nullable=True),
        sa.Column("billing_account_id", Word(), nullable=True),
        sa.Column("creation_date", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product_order")),
    )
    op.create_index(
        "ix_product_order_billing_account_id", "product_order", ["tenant", "billing_account_id", "id"], unique=False
    )
    op.create_index("ix_product_order_creation_date", "product_order", ["tenant", "creation_date", "id"], unique=False)
    op.create_index("ix_product_order_customer_id", "product_order", ["tenant", "customer_id", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_product_order_document",
            "product_order",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_product_order_state", "product_order", ["tenant", "state", "id"], unique=False)


def _create_product_price() -> None:
    op.create_table(
        "product_price",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_to", Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "product_id", "price_id", "valid_from", name=op.f("pk_product_price")),
    )
    op.create_index("ix_product_price_price_id", "product_price", ["tenant", "price_id"], unique=False)


def _create_product_specification() -> None:
    op.create_table(
        "product_specification",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.Column("lifecycle_status", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_product_specification")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_product_specification_document",
            "product_specification",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index(
        "ix_product_specification_lifecycle_status",
        "product_specification",
        ["tenant", "lifecycle_status", "id"],
        unique=False,
    )
    op.create_index("ix_product_specification_name", "product_specification", ["tenant", "name", "id"], unique=False)


def _create_rated_usage() -> None:
    op.create_table(
        "rated_usage",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "usage_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column(
            "billing_account_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "price_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "used_product_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("period_start", Instant(), nullable=False),
        sa.Column("usage_date", Instant(), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rated_at", Instant(), nullable=False),
        sa.Column(
            "bill_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "rate_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("tenant", "usage_id", "part", name=op.f("pk_rated_usage")),
    )
    op.create_index("ix_rated_usage_bill", "rated_usage", ["tenant", "bill_id"], unique=False)
    op.create_index(
        "ix_rated_usage_unbilled",
        "rated_usage",
        ["tenant", "billing_account_id", "usage_date"],
        unique=False,
        sqlite_where=sa.text("bill_id IS NULL"),
        postgresql_where=sa.text("bill_id IS NULL"),
    )


def _create_received_notification() -> None:
    op.create_table(
        "received_notification",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("api", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column(
            "body",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("received_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "api", "digest", name=op.f("pk_received_notification")),
    )
    op.create_index("ix_received_notification_received_at", "received_notification", ["received_at"], unique=False)


def _create_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("api", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column(
            "topic",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.String(length=128), nullable=False),
        sa.Column("former_secret", sa.String(length=128), nullable=True),
        sa.Column("former_secret_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("paused_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "tenant", "api", "version", "topic", "digest", name=op.f("uq_subscription_tenant_api_version_topic_digest")
        ),
    )


def _create_task() -> None:
    op.create_table(
        "task",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "subject",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_done",
        "task",
        ["done_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NOT NULL"),
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )


def _create_topic() -> None:
    op.create_table(
        "topic",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_topic")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_topic_document",
            "topic",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_topic_name", "topic", ["tenant", "name", "id"], unique=False)


def _create_usage() -> None:
    op.create_table(
        "usage",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("status", Word(), nullable=True),
        sa.Column("usage_date", Instant(), nullable=True),
        sa.Column("subject", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_usage")),
    )
    op.create_index("ix_usage_backlog", "usage", ["tenant", "status", "subject"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_usage_document",
            "usage",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_usage_status", "usage", ["tenant", "status", "id"], unique=False)
    op.create_index("ix_usage_subject", "usage", ["tenant", "subject", "id"], unique=False)
    op.create_index("ix_usage_usage_date", "usage", ["tenant", "usage_date", "id"], unique=False)


def _create_usage_record() -> None:
    op.create_table(
        "usage_record",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("record_key", sa.String(length=64), nullable=False),
        sa.Column(
            "usage_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "record_key", name=op.f("pk_usage_record")),
    )
    op.create_index("ix_usage_record_usage_id", "usage_record", ["tenant", "usage_id"], unique=False)


def _create_usage_specification() -> None:
    op.create_table(
        "usage_specification",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "id", sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "document",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("name", Word(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_usage_specification")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_usage_specification_document",
            "usage_specification",
            ["document"],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={"document": "jsonb_path_ops"},
        )
    op.create_index("ix_usage_specification_name", "usage_specification", ["tenant", "name", "id"], unique=False)


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column(
            "subscription_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column(
            "entity_id",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Instant(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("parked_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "event_id"],
            ["outbox.tenant", "outbox.id"],
            name=op.f("fk_delivery_tenant_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "subscription_id"],
            ["subscription.tenant", "subscription.id"],
            name=op.f("fk_delivery_tenant_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "subscription_id", "event_id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_event", "delivery", ["tenant", "event_id"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["tenant", "subscription_id", "position"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_delivery_open_resource",
        "delivery",
        ["tenant", "subscription_id", "entity_id"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
    )
