# The state of a test stays in its own folder.
terraform {
  backend "local" {}
}
