"""SQL Server's errors: number, class and words, as far as the peer raises them."""

OWN = 60001  # the peer's own: not understood, or not kept here

# number: (class, state, words)
KNOWN = {
    102: (15, 1, "Incorrect syntax near '{}'."),
    105: (15, 1, "Unclosed quotation mark after the character string '{}'."),
    113: (15, 1, "Missing end comment mark '*/'."),
    134: (15, 2, "The variable name '{}' has already been declared. Variable names must be unique within a query batch "
                 "or stored procedure."),
    137: (15, 2, "Must declare the scalar variable \"{}\"."),
    195: (15, 10, "'{}' is not a recognized built-in function name."),
    207: (16, 1, "Invalid column name '{}'."),
    208: (16, 1, "Invalid object name '{}'."),
    213: (16, 1, "Column name or number of supplied values does not match table definition."),
    220: (16, 2, "Arithmetic overflow error for data type {}, value = {}."),
    229: (14, 5, "The {} permission was denied on the object '{}', database '{}', schema '{}'."),
    241: (16, 1, "Conversion failed when converting date and/or time from character string."),
    242: (16, 3, "The conversion of a {} data type to a {} data type resulted in an out-of-range value."),
    245: (16, 1, "Conversion failed when converting the {} value '{}' to data type {}."),
    271: (16, 1, "The column \"{}\" cannot be modified because it is either a computed column or is the result of a "
                 "UNION operator."),
    111: (15, 1, "'{}' must be the first statement in a query batch."),
    262: (14, 1, "{} permission denied in database '{}'."),
    266: (16, 2, "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements."),
    468: (16, 9, "Cannot resolve the collation conflict between the collations of the operands."),
    511: (16, 1, "Cannot create a row of size {} which is greater than the allowable maximum row size of 8060."),
    515: (16, 2, "Cannot insert the value NULL into column '{}', table '{}'; column does not allow nulls. {} fails."),
    544: (16, 1, "Cannot insert explicit value for identity column in table '{}' when IDENTITY_INSERT is set to OFF."),
    545: (16, 1, "Explicit value must be specified for identity column in table '{}' either when IDENTITY_INSERT is "
                 "set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column."),
    628: (16, 0, "Cannot issue SAVE TRANSACTION when there is no active transaction."),
    547: (16, 0, "The {} statement conflicted with the {} constraint \"{}\". The conflict occurred in database \"{}\", "
                 "table \"{}\"{}."),
    911: (16, 1, "Database '{}' does not exist. Make sure that the name is entered correctly."),
    1105: (17, 2, "Could not allocate space for object '{}' in database '{}' because the 'PRIMARY' filegroup is full. "
                  "Create disk space by deleting unneeded files, dropping objects in the filegroup, adding additional "
                  "files to the filegroup, or setting autogrowth on for existing files in the filegroup."),
    1205: (13, 51, "Transaction (Process ID {}) was deadlocked on lock resources with another process and has been "
                   "chosen as the deadlock victim. Rerun the transaction."),
    1222: (16, 51, "Lock request time out period exceeded."),
    1505: (16, 1, "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name "
                  "'{}' and the index name '{}'. The duplicate key value is {}."),
    1701: (16, 1, "Creating or altering table '{}' failed because the minimum row size would be {}, including 7 bytes "
                  "of internal overhead. This exceeds the maximum allowable table row size of 8060 bytes."),
    1702: (16, 1, "CREATE TABLE failed because column '{}' in table '{}' exceeds the maximum of 1024 columns."),
    1750: (16, 0, "Could not create constraint or index. See previous errors."),
    1767: (16, 0, "Foreign key references invalid table '{}'."),
    1776: (16, 0, "There are no primary or candidate keys in the referenced table '{}' that match the referencing "
                  "column list in the foreign key '{}'."),
    1778: (16, 0, "Column '{}.{}' is not the same data type as referencing column '{}.{}' in foreign key '{}'."),
    1785: (16, 0, "Introducing FOREIGN KEY constraint '{}' on table '{}' may cause cycles or multiple cascade paths. "
                  "Specify ON DELETE NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY constraints."),
    1779: (16, 0, "Table '{}' already has a primary key defined on it."),
    1913: (16, 1, "The operation failed because an index or statistics with name '{}' already exists on table '{}'."),
    1919: (16, 1, "Column '{}' in table '{}' is of a type that is invalid for use as a key column in an index."),
    1944: (16, 1, "Index '{}' was not created. This index has a key length of at least {} bytes. The maximum "
                  "permissible key length is {} bytes."),
    1946: (16, 3, "Operation failed. The index entry of length {} bytes for the index '{}' exceeds the maximum length "
                  "of {} bytes for {} indexes."),
    1904: (16, 1, "The index '{}' on table '{}' has {} columns in the key list. The maximum limit for index key column "
                  "list is {}."),
    1902: (16, 3, "Cannot create more than one clustered index on table '{}'. Drop the existing clustered index '{}' "
                  "before creating another."),
    2601: (14, 1, "Cannot insert duplicate key row in object '{}' with unique index '{}'. The duplicate key value is "
                  "{}."),
    2627: (14, 1, "Violation of {} constraint '{}'. Cannot insert duplicate key in object '{}'. The duplicate key "
                  "value is {}."),
    2628: (16, 1, "String or binary data would be truncated in table '{}', column '{}'. Truncated value: '{}'."),
    2705: (16, 3, "Column names in each table must be unique. Column name '{}' in table '{}' is specified more than "
                  "once."),
    2714: (16, 6, "There is already an object named '{}' in the database."),
    2715: (16, 6, "Column, parameter, or variable #{}: Cannot find data type {}."),
    2716: (16, 1, "Column, parameter, or variable #{}: Cannot specify a column width on data type {}."),
    2750: (16, 1, "Column or parameter #{}: Specified column precision {} is greater than the maximum precision of "
                  "{}."),
    2751: (16, 1, "Column or parameter #{}: Specified column scale {} is greater than the specified precision of {}."),
    131: (15, 2, "The size ({}) given to the {} '{}' exceeds the maximum allowed for any data type ({})."),
    2760: (16, 1, "The specified schema name \"{}\" either does not exist or you do not have permission to use it."),
    2812: (16, 62, "Could not find stored procedure '{}'."),
    3701: (11, 5, "Cannot drop the {} '{}', because it does not exist or you do not have permission."),
    3723: (16, 4, "An explicit DROP INDEX is not allowed on index '{}'. It is being used for {} constraint "
                  "enforcement."),
    3726: (16, 1, "Could not drop object '{}' because it is referenced by a FOREIGN KEY constraint."),
    3728: (16, 1, "'{}' is not a constraint."),
    3902: (16, 1, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."),
    3903: (16, 1, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."),
    3930: (16, 1, "The current transaction cannot be committed and cannot support operations that write to the log "
                  "file. Roll back the transaction."),
    4060: (11, 1, "Cannot open database \"{}\" requested by the login. The login failed."),
    4712: (16, 1, "Cannot truncate table '{}' because it is being referenced by a FOREIGN KEY constraint."),
    4815: (16, 1, "Received an invalid column length from the bcp client for colid {}."),
    4816: (16, 1, "Invalid column type from bcp client for colid {}."),
    4819: (16, 1, "Cannot bulk load. The bulk data stream was incorrectly specified as sorted or the data violates a "
                  "uniqueness constraint imposed by the target table. Sort order incorrect for the following two rows: "
                  "primary key of first row: {}, primary key of second row: {}."),
    4832: (16, 1, "Bulk load: An unexpected end of file was encountered in the data file."),
    4902: (16, 1, "Cannot find the object \"{}\" because it does not exist or you do not have permissions."),
    4922: (16, 9, "ALTER TABLE {} {} failed because one or more objects access this column."),
    4924: (16, 1, "ALTER TABLE {} COLUMN failed because column '{}' does not exist in table '{}'."),
    5074: (16, 1, "The {} '{}' is dependent on {} '{}'."),
    6355: (16, 1, "Conversion of one or more characters from XML to target collation impossible"),
    8023: (16, 1, "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. "
                  "Parameter {} (\"{}\"): The supplied value is not a valid instance of data type {}. Check the source "
                  "data for invalid values."),
    8101: (16, 1, "An explicit value for the identity column in table '{}' can only be specified when a column list is "
                  "used and IDENTITY_INSERT is ON."),
    8178: (16, 1, "The parameterized query '{}' expects the parameter '{}', which was not supplied."),
    10704: (15, 1, "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW "
                   "statement inside a CATCH block, or add error parameters to the THROW statement."),
    10738: (15, 1, "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of "
                   "1000 row values."),
    8107: (16, 1, "IDENTITY_INSERT is already ON for table '{}'. Cannot perform SET operation for table '{}'."),
    8106: (16, 1, "Table '{}' does not have the identity property. Cannot perform SET operation."),
    7997: (16, 1, "'{}' does not contain an identity column."),
    7998: (0, 1, "Checking identity information: current identity value '{}', current column value '{}'."),
    8111: (16, 1, "Cannot define PRIMARY KEY constraint on nullable column in table '{}'."),
    8114: (16, 5, "Error converting data type {} to {}."),
    8115: (16, 2, "Arithmetic overflow error converting {} to data type {}."),
    8134: (16, 1, "Divide by zero error encountered."),
    8152: (16, 14, "String or binary data would be truncated."),
    9002: (17, 2, "The transaction log for database '{}' is full due to '{}'."),
    9402: (16, 1, "XML parsing: line 1, character 1, unable to switch the encoding"),
    9400: (16, 1, "XML parsing: line {}, character {}, unexpected end of input"),
    9803: (16, 1, "Invalid data for type \"{}\"."),
    15151: (16, 1, "Cannot find the {} '{}', because it does not exist or you do not have permission."),
    15217: (16, 2, "Property cannot be updated or deleted. Property '{}' does not exist for '{}'."),
    15233: (16, 1, "Property cannot be added. Property '{}' already exists for '{}'."),
    15002: (16, 1, "The procedure '{}' cannot be executed within a transaction."),
    15135: (16, 8, "Object is invalid. Extended properties are not permitted on '{}', or the object does not exist."),
    15225: (11, 1, "No item by the name of '{}' could be found in the current database '{}', given that @itemtype was "
                   "input as '(null)'."),
    15282: (16, 1, "A key with name '{}' or user defined unique identifier already exists or you do not have "
                   "permissions to create it."),
    15315: (16, 1, "The key '{}' is not open. Please open the key before using it."),
    15578: (16, 1, "There is already a master key in the database. Please drop it before performing this statement."),
    15581: (16, 1, "Please create a master key in the database or open the master key in the session before performing "
                   "this operation."),
    15232: (16, 1, "A certificate with name '{}' already exists or this certificate already has been added to the "
                   "database."),
    15352: (16, 1, "The {} cannot be dropped because one or more entities are either signed or encrypted using it."),
    18456: (14, 1, "Login failed for user '{}'."),
    18452: (14, 1, "Login failed. The login is from an untrusted domain and cannot be used with Integrated "
                   "authentication."),
    5701: (10, 2, "Changed database context to '{}'."),
    5703: (10, 1, "Changed language setting to us_english."),
    OWN: (16, 1, "the peer of the tests does not {}"),
}


class SqlError(Exception):
    """An error token, as the client sees it."""

    def __init__(self, number, *details, state=None, line=None, severity=None, text=None):
        known = KNOWN.get(number, (16, 1, "{}"))
        self.number, self.line = number, line
        self.severity = known[0] if severity is None else severity
        self.state = known[1] if state is None else state
        self.text = text if text is not None else known[2].format(*details)
        super().__init__(f"{number}: {self.text}")


def refused(what):
    """The peer's own refusal: `what` completes "the peer of the tests does not …"."""
    return SqlError(OWN, what)
