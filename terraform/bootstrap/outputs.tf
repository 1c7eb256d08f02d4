output "bucket" {
  description = "The state bucket."
  value       = aws_s3_bucket.state.bucket
}

output "backend_config" {
  description = "Contents of the backend.hcl of every stage: terraform output -raw backend_config > ../envs/ENV/backend.hcl"
  value       = <<-HCL
    bucket = "${aws_s3_bucket.state.bucket}"
    region = "${var.region}"
  HCL
}
